# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Talking to the agent in the guest over its console. See lib/guest/agent for the words. Only this file
# and hvm.sh know what it is: one file is written to, its name is in $STATE/tty, and a log is read.

REPLIES=$STATE/replies
CONSOLE_READER=

# console_tty DOMID: print what is to be written to.
console_tty() {
	local tty
	if [[ $GUEST == hvm ]]; then
		echo "$HVM_SERIAL.in"
		return
	fi
	tty=$(xenstore-read "/local/domain/$1/console/tty") || return
	stty -F "$tty" raw -echo
	echo "$tty"
}

# console_open DOMID LOG: start taking the log apart.
console_open() {
	rm -rf "$REPLIES"
	mkdir -p "$REPLIES"
	console_tty "$1" >"$STATE/tty" || return
	touch "$2"
	console_demux "$2" </dev/null &
	CONSOLE_READER=$!
}

console_close() {
	[[ $CONSOLE_READER ]] || return 0
	pkill -P "$CONSOLE_READER"
	kill "$CONSOLE_READER" 2>/dev/null
	wait "$CONSOLE_READER" 2>/dev/null
	CONSOLE_READER=
}

# console_demux LOG: pieces of answers go to files in REPLIES; the end of the guest to REPLIES/dead.
console_demux() {
	tail -n +1 -s 0.1 -F "$1" 2>/dev/null | while IFS= read -r text; do
		case $text in
		*'#xpv '*';'*) console_sort "$text" ;;
		*'Kernel panic'*) printf '%s\n' "${text#*] }" >"$REPLIES/dead" ;;
		esac
	done
}

console_sort() {
	local text=${1#*#xpv } id verb rest
	text=${text%%;*}
	read -r id verb rest <<<"$text"
	case $id in
	ready) : >"$REPLIES/ready"; return ;;
	*[!0-9]* | '') return ;;
	esac
	case $verb in
	ack | nak) : >"$REPLIES/$id.$verb" ;;
	end) printf '%s\n' "$rest" >"$REPLIES/$id.end.new" && mv "$REPLIES/$id.end.new" "$REPLIES/$id.end" ;;
	*) printf '%s %s\n' "$verb" "$rest" >>"$REPLIES/$id.pieces" ;;
	esac
}

console_write() {
	timeout 10 dd of="$(<"$STATE/tty")" conv=notrunc status=none <<<"$1"
}

# console_await SECONDS FILE...: until one of them is there. 2 if the guest died, 1 if time ran out.
console_await() {
	local deadline=$((SECONDS + $1)) file
	shift
	while :; do
		for file in "$@"; do
			[[ ! -e $REPLIES/$file ]] || return 0
		done
		[[ ! -e $REPLIES/dead ]] || return 2
		((SECONDS <= deadline)) || return 1
		sleep 0.1
	done
}

# console_send SECONDS CMD: hand CMD to the agent; sets COMMAND to its number.
console_send() {
	local code sum tries
	COMMAND=$(($(cat "$STATE/command" 2>/dev/null || echo 0) + 1))
	echo "$COMMAND" >"$STATE/command"
	code=$(base64 -w 0 <<<"$2")
	sum=$(printf '%s' "$code" | cksum | cut -d ' ' -f 1)
	for tries in 1 2 3; do
		rm -f "$REPLIES/$COMMAND.nak"
		console_write "#xpv run $COMMAND $1 $sum $code"
		console_await 20 "$COMMAND.ack" "$COMMAND.nak" "$COMMAND.end" || return
		[[ -e $REPLIES/$COMMAND.nak ]] || return 0
		echo "console: command $COMMAND arrived garbled ($tries)" >&2
	done
	return 1
}

# console_receive ID SECONDS: print the output; sets STATUS. 2 if the guest died, 1 if there was no answer.
console_receive() {
	local id=$1 tries
	for tries in 1 2 3 4 5; do
		console_await "$2" "$id.end" || return
		! console_decode "$id" || return 0
		echo "console: answer $id arrived garbled ($tries)" >&2
		rm -f "$REPLIES/$id".{end,pieces}
		console_write "#xpv resend $id"
	done
	return 1
}

# console_decode ID: print the output if all of it is there.
console_decode() {
	local count sum
	read -r STATUS count sum <"$REPLIES/$1.end"
	[[ $STATUS =~ ^[0-9]+$ && $count =~ ^[0-9]+$ ]] || return 1
	touch "$REPLIES/$1.pieces"
	sort -n -u "$REPLIES/$1.pieces" | cut -d ' ' -f 2 >"$REPLIES/$1.b64"
	[[ $(cksum <"$REPLIES/$1.b64" | cut -d ' ' -f 1) == "$sum" ]] || return 1
	base64 -d "$REPLIES/$1.b64" | gunzip
	rm -f "$REPLIES/$1".{b64,pieces,end,ack}
}
