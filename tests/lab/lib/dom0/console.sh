# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Talking to the agent in the guest over its console. See lib/console/frame.h for the words. Only this file
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
	(cd "$REPLIES" && exec "$LAB/console" demux "$2" "$SHARE/guest/${2##*/}" </dev/null) &
	CONSOLE_READER=$!
}

console_close() {
	[[ $CONSOLE_READER ]] || return 0
	kill "$CONSOLE_READER" 2>/dev/null
	wait "$CONSOLE_READER" 2>/dev/null
	CONSOLE_READER=
}

# console_ready SECONDS: until the agent has said so. 2 if the guest died, 1 if time ran out.
console_ready() {
	local deadline=$((SECONDS + $1))
	until [[ -e $REPLIES/ready ]]; do
		[[ ! -e $REPLIES/dead ]] || return 2
		((SECONDS <= deadline)) || return 1
		sleep 0.1
	done
}

# console_number: sets COMMAND to the next number, and TTY.
console_number() {
	local number=0
	[[ ! -e $STATE/command ]] || read -r number <"$STATE/command"
	COMMAND=$((number + 1))
	echo "$COMMAND" >"$STATE/command"
	read -r TTY <"$STATE/tty"
}

# console_send SECONDS CMD: hand CMD to the agent; sets COMMAND to its number. 2 if the guest died.
console_send() {
	console_number
	"$LAB/console" send "$REPLIES" "$TTY" "$COMMAND" "$1" "$2"
}

# console_receive ID SECONDS: print the output; sets STATUS. 2 if the guest died, 1 if there was no answer.
console_receive() {
	read -r TTY <"$STATE/tty"
	"$LAB/console" receive "$REPLIES" "$TTY" "$1" "$2" || return
	read -r STATUS <"$REPLIES/$1.end"
}

# console_ask SECONDS CMD: send and receive by one process, since that is most of what a short command takes.
console_ask() {
	console_number
	"$LAB/console" ask "$REPLIES" "$TTY" "$COMMAND" "$1" "$2" || return
	read -r STATUS <"$REPLIES/$COMMAND.end"
}
