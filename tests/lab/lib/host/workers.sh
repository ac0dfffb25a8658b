# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Several machines at a time, each with a process of its own that takes cases from the queues.

# By instructions a machine uses one processor of the host, and another beside it changes nothing inside.
workers_default() {
	if [[ $CLOCK == host ]] || (($(nproc) < 2)); then
		echo 1
	else
		echo 2
	fi
}

JOBS=${LAB_JOBS:-$(workers_default)}
# A machine takes as long to boot as so many cases: no other one is started for fewer.
WORKER_WORTH=6
WORKERS=()

# workers_run: until all queues are empty.
workers_run() {
	local number pid kind status
	if ((JOBS == 1)); then
		worker_loop
	else
		for ((number = 1; number <= JOBS; number++)); do
			worker "$number" &
			WORKERS+=("$!")
		done
		for pid in "${WORKERS[@]}"; do
			status=0
			wait "$pid" || status=$?
			# It has said why; for the others it would be the same.
			((status != 2)) || exit 2
		done
		WORKERS=()
	fi
	for kind in $GUEST; do
		queue_drain "$kind" failed "the lab ended without running it"
	done
}

workers_stop() {
	((${#WORKERS[@]})) || return 0
	kill "${WORKERS[@]}" 2>/dev/null
	wait "${WORKERS[@]}" 2>/dev/null
	WORKERS=()
}

worker() {
	WORKERS=()
	trap 'qemu_stop; exit 143' TERM
	trap qemu_stop EXIT
	SESSION_LABEL=$1
	# The first kind is the first machine's.
	sleep "0.$1"
	worker_loop
}

worker_loop() {
	while queue_locked worker_choose; do
		session_serve "$KIND"
		rm -f "$SERVES"
	done
}

# worker_choose: sets KIND to one whose queue nobody serves, or that has work for another machine, and SERVES to the file
# that says so.
worker_choose() {
	local kind servers
	for kind in $GUEST; do
		servers=$(find "$RUN_DIR" -maxdepth 1 -name "serves-$kind-*" | wc -l)
		if (($(queue_length "$kind") > servers * WORKER_WORTH)); then
			KIND=$kind SERVES=$RUN_DIR/serves-$kind-$BASHPID
			: >"$SERVES"
			return 0
		fi
	done
	return 1
}
