# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Running cases: boot Xen and dom0, hand it the cases, follow what it says, replace it if it dies.
#
# A share between host and dom0, one for each boot of dom0, holds
#   lab/            this folder          boot/      what the guest boots from
#   config          shell variables      want       dom0 waits for the name of a case
#   results         name, verdict, seconds, reason; tab-separated, one line a case
#   next            that name            progress   lines for the terminal
#   alive           touched every few seconds       done   written last
#   cases/, guest/, serial.log, dom0.log             logs

# What a dom0 may take, in seconds of its own time. By instructions these are told from the processor time that QEMU has
# used, whatever else the host does: at the slowest QEMU_SECOND of it for one.
DEAD_AFTER=${LAB_DEAD_AFTER:-120}
BOOT_LIMIT=${LAB_BOOT_LIMIT:-300}
SESSION_LABEL=

# What a caller other than lab adds: files and folders for the share, and shell variables for config.
SESSION_FILES=()
SESSION_SETTINGS=

# session_programs: for dom0, made once for all boots.
session_programs() {
	mkdir "$RUN_DIR/programs"
	compile "$RUN_DIR/programs/vbd-liar" "$LAB/lib/dom0/vbd-liar.c"
	compile "$RUN_DIR/programs/console" "$LAB/lib/console/console.c"
}

# session_new_share KIND: sets SHARE, which no other process has.
session_new_share() {
	local number=1
	until SHARE=$RUN_DIR/$1-$number && mkdir "$SHARE" 2>/dev/null; do
		number=$((number + 1))
		((number < 1000)) || die "cannot create $SHARE"
	done
}

# session_share KIND: sets SHARE.
session_share() {
	local kind=$1
	cache_need_space 500
	session_new_share "$kind"
	mkdir "$SHARE/boot" "$SHARE/cases" "$SHARE/guest"
	if ! { cp -r "$LAB" "$SHARE/lab" && cp -t "$SHARE/lab" "$RUN_DIR"/programs/*; }; then
		die "cannot write to $SHARE"
	fi
	((${#SESSION_FILES[@]} == 0)) || cp -r -t "$SHARE" "${SESSION_FILES[@]}"
	session_boot_files "$kind" "$SHARE/boot" || die "cannot make what the guest boots from"
	: >"$SHARE/results"
	: >"$SHARE/progress"
	cat >"$SHARE/config" <<-END
		GUEST=$kind
		KERNEL=$KERNEL
		CASES_FOLDER=$CASES_FOLDER
		GUEST_KERNEL_OPTIONS="$GUEST_KERNEL_OPTIONS"
		GUEST_VCPUS=${GUEST_VCPUS:-2}
		HOST_TIME=$(date +%s)
		CLOCK=$CLOCK
		LAB_SHIFT=$LAB_SHIFT
		LAB_RETRY=${LAB_RETRY:-}
		$SESSION_SETTINGS
	END
}

# session_boot_files KIND DIR
session_boot_files() {
	if [[ $1 == hvm ]]; then
		hvm_disk "$2/disk" "$GUEST_KERNEL_BZIMAGE" "$GUEST_INITRD"
		return
	fi
	cp --reflink=auto "$GUEST_KERNEL_IMAGE" "$2/vmlinux" && cp --reflink=auto "$GUEST_INITRD" "$2/initrd"
}

# session_run KIND CASE...: every case ends in $RUN_DIR/results, whatever dies.
session_run() {
	queue_fill "$@"
	session_serve "$1"
}

# session_serve KIND: boot dom0 until the queue is empty.
session_serve() {
	local kind=$1 barren=0
	while (($(queue_length "$kind"))); do
		session_boot "$kind"
		[[ ! -s $SHARE/results ]] || barren=0
		[[ -s $SHARE/results || ! $DEATH ]] || barren=$((barren + 1))
		((barren < 2)) || queue_drain "$kind" failed "$DEATH"
	done
}

# session_boot KIND
session_boot() {
	session_share "$1"
	session_say "==> booting Xen and dom0 for a ${1^^} guest (logs: $SHARE)"
	qemu_start "$SHARE"
	session_follow "$1"
	qemu_stop
	session_collect "$1"
	rm -rf "${SHARE:?}/boot"
}

# session_follow KIND: feed dom0 and show progress until dom0 is through, or dead. A machine that is not up yet is not
# waited for when others have taken all cases.
session_follow() {
	DEATH='' CURRENT='' SHOWN=0 COLLECTED=0
	local life='' sign since start=$SECONDS booted=
	since=$(qemu_seconds)
	while [[ ! -e $SHARE/done ]]; do
		qemu_running || { DEATH="dom0 died: $(session_last_words)"; break; }
		if [[ -e $SHARE/alive ]]; then
			booted=1
			sign=$(stat -c %Y "$SHARE/alive")
			[[ $sign == "$life" ]] || { life=$sign since=$(qemu_seconds) start=$SECONDS; }
		elif ! (($(queue_length "$1"))); then
			break
		fi
		DEATH=$(session_overdue "$booted" $(($(qemu_seconds) - since)) $((SECONDS - start)))
		[[ ! $DEATH ]] || break
		sleep 0.2
		session_feed "$1"
		session_show
	done
	session_show
	[[ ! $DEATH ]] || session_say "    $DEATH"
}

# session_overdue BOOTED SECONDS HOST-SECONDS: since the last sign of life, by dom0's clock at the least, and by the host's;
# an emulator that stands still uses no processor time.
session_overdue() {
	local limit=$BOOT_LIMIT words="dom0 did not start in"
	[[ ! $1 ]] || limit=$DEAD_AFTER words="dom0 hung: no sign of life for"
	(($2 < limit && $3 < limit * QEMU_SECOND * 5)) || echo "$words $limit s"
}

# session_feed KIND: name the next case if dom0 waits for one; none ends it.
session_feed() {
	[[ -e $SHARE/want && ! -e $SHARE/next ]] || return 0
	session_collect "$1"
	queue_take "$1"
	CURRENT=$TAKEN CURRENT_SINCE=$SECONDS
	rm "$SHARE/want"
	printf '%s\n' "$TAKEN" >"$SHARE/.next"
	mv "$SHARE/.next" "$SHARE/next"
}

# session_say TEXT: which machine says it, if there are several.
session_say() {
	say "${SESSION_LABEL:+$SESSION_LABEL }$*"
}

session_show() {
	local lines
	mapfile -s "$SHOWN" -t lines <"$SHARE/progress"
	((${#lines[@]})) || return 0
	printf "${SESSION_LABEL:+$SESSION_LABEL }%s\n" "${lines[@]}" >&2
	SHOWN=$((SHOWN + ${#lines[@]}))
}

# session_last_words: of the case that runs; those before it may have left some of their own.
session_last_words() {
	local words
	words=$(tail -n 150 "$SHARE/serial.log" | awk '/lab: case / { n = 0 } { line[n++] = $0 }
		END { for (i = 0; i < n; i++) print line[i] }' | verdict_scan | head -n 1)
	[[ $words ]] || words=$(cat "$SHARE/qemu.log" "$SHARE/serial.log" | tr -d '\r' | awk 'NF' | tail -n 1)
	echo "${words:-it left no log}"
}

# session_collect KIND: results of the case that ran last, by the host's clock; one that took dom0 down has failed.
session_collect() {
	local name verdict seconds reason
	if [[ $CURRENT ]] && ! cut -f 1 "$SHARE/results" | grep -qxF "$CURRENT"; then
		IFS=$'\t' read -r verdict reason < <(case_judge "$CURRENT" failed "${DEATH:-dom0 ended without running it}")
		printf '%s\t%s\t%s\t%s\n' "$CURRENT" "$verdict" 0 "$reason" >>"$SHARE/results"
		session_say "    $CURRENT: $verdict${reason:+ ($reason)}"
	fi
	while IFS=$'\t' read -r name verdict seconds reason; do
		report_result "$1" "$name" "$verdict" $((SECONDS - CURRENT_SINCE)) "$reason"
		COLLECTED=$((COLLECTED + 1))
	done < <(tail -n "+$((COLLECTED + 1))" "$SHARE/results")
	CURRENT=
}
