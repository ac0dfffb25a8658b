# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Running cases: boot Xen and dom0, hand it the cases, follow what it says, replace it if it dies.
#
# A share between host and dom0, one for each boot of dom0, holds
#   lab/            this folder          boot/      what the guest boots from
#   config          shell variables      todo       names of cases
#   results         name, verdict, seconds, reason; tab-separated, one line a case
#   current         the case that runs   progress   lines for the terminal
#   alive           touched every few seconds       done   written last
#   cases/, guest/, serial.log, dom0.log             logs

# By instructions, a second may take ten.
declare -A PATIENCE=([host]=1 [instructions]=10)
DEAD_AFTER=${LAB_DEAD_AFTER:-$((120 * ${PATIENCE[$CLOCK]:-1}))}
BOOT_LIMIT=${LAB_BOOT_LIMIT:-$((300 * ${PATIENCE[$CLOCK]:-1}))}

# What a caller other than lab adds: files and folders for the share, and shell variables for config.
SESSION_FILES=()
SESSION_SETTINGS=

# session_share KIND NUMBER CASE...: sets SHARE.
session_share() {
	SHARE=$RUN_DIR/$1-$2
	local kind=$1
	shift 2
	mkdir -p "$SHARE/boot" "$SHARE/cases" "$SHARE/guest"
	cp -r "$LAB" "$SHARE/lab"
	((${#SESSION_FILES[@]} == 0)) || cp -r -t "$SHARE" "${SESSION_FILES[@]}"
	compile "$SHARE/lab/vbd-liar" "$LAB/lib/dom0/vbd-liar.c"
	compile "$SHARE/lab/console" "$LAB/lib/console/console.c"
	session_boot_files "$kind" "$SHARE/boot" || die "cannot make what the guest boots from"
	printf '%s\n' "$@" >"$SHARE/todo"
	: >"$SHARE/results"
	: >"$SHARE/progress"
	cat >"$SHARE/config" <<-END
		GUEST=$kind
		KERNEL=$KERNEL
		CASES_FOLDER=$CASES_FOLDER
		GUEST_KERNEL_OPTIONS="$GUEST_KERNEL_OPTIONS"
		GUEST_VCPUS=${GUEST_VCPUS:-2}
		HOST_TIME=$(date +%s)
		LAB_UNTIL=${LAB_UNTIL:-}
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
	local kind=$1 number=0 barren=0 rest
	shift
	rest=("$@")
	while ((${#rest[@]})); do
		number=$((number + 1))
		session_boot "$kind" "$number" "${rest[@]}"
		session_collect "$kind"
		mapfile -t rest < <(session_left)
		[[ -s $SHARE/results ]] && barren=0 && continue
		barren=$((barren + 1))
		((barren < 2)) || { session_give_up "$kind" "${rest[@]}"; return; }
	done
}

session_boot() {
	session_share "$@"
	say "==> booting Xen and dom0 for a ${1^^} guest (logs: $SHARE)"
	qemu_start "$SHARE"
	session_follow
	qemu_stop
	rm -rf "${SHARE:?}/boot"
}

# session_follow: show progress until dom0 is through, or dead.
session_follow() {
	local shown=0 start=$SECONDS lines
	DEATH=
	while [[ ! -e $SHARE/done ]]; do
		if ! qemu_running; then
			DEATH="dom0 died: $(session_last_words)"
		elif [[ -e $SHARE/alive ]]; then
			(($(date +%s) - $(stat -c %Y "$SHARE/alive") < DEAD_AFTER)) || DEATH="dom0 hung: no sign of life for $DEAD_AFTER s"
		else
			((SECONDS - start < BOOT_LIMIT)) || DEATH="dom0 did not start in $BOOT_LIMIT s"
		fi
		[[ ! $DEATH ]] || break
		sleep 0.2
		session_show
	done
	session_show
	[[ ! $DEATH ]] || say "    $DEATH"
}

session_show() {
	local lines
	mapfile -s "$shown" -t lines <"$SHARE/progress"
	((${#lines[@]})) || return 0
	printf '%s\n' "${lines[@]}" >&2
	shown=$((shown + ${#lines[@]}))
}

# session_last_words: of the case that runs; those before it may have left some of their own.
session_last_words() {
	local words
	words=$(tail -n 150 "$SHARE/serial.log" | awk '/lab: case / { n = 0 } { line[n++] = $0 }
		END { for (i = 0; i < n; i++) print line[i] }' | verdict_scan | head -n 1)
	[[ $words ]] || words=$(cat "$SHARE/qemu.log" "$SHARE/serial.log" | tr -d '\r' | awk 'NF' | tail -n 1)
	echo "${words:-it left no log}"
}

# session_collect KIND: append to the results; a case that took dom0 down has failed.
session_collect() {
	local name verdict seconds reason
	if [[ $DEATH && -s $SHARE/current ]]; then
		name=$(<"$SHARE/current")
		IFS=$'\t' read -r verdict reason < <(case_judge "$name" failed "$DEATH")
		printf '%s\t%s\t%s\t%s\n' "$name" "$verdict" 0 "$reason" >>"$SHARE/results"
		say "    $name: $verdict${reason:+ ($reason)}"
	fi
	while IFS=$'\t' read -r name verdict seconds reason; do
		printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$name" "$verdict" "$seconds" "$reason"
	done <"$SHARE/results" >>"$RUN_DIR/results"
}

session_left() {
	grep -vxFf <(cut -f 1 "$SHARE/results") "$SHARE/todo"
}

# session_give_up KIND CASE...: no dom0, twice in a row.
session_give_up() {
	local kind=$1 name
	shift
	for name in "$@"; do
		printf '%s\t%s\t%s\t%s\t%s\n' "$kind" "$name" failed 0 "${DEATH:-dom0 ended without running it}"
	done >>"$RUN_DIR/results"
}
