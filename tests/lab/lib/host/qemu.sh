# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The machine that Xen runs on.

QEMU_PID=
QEMU=${LAB_QEMU:-qemu-system-x86_64}

# A busy host lets the processors of an emulated machine wait for longer than a kernel's own limits.
QEMU_DOM0_OPTIONS="loglevel=7 mitigations=off sysctl.kernel.hung_task_timeout_secs=60 watchdog_thresh=30 rcupdate.rcu_cpu_stall_timeout=60"

# Supervisor mode access prevention is left out because QEMU 7.2 gets IRET from ring 3 wrong with it, 57 bit
# addresses because Xen would spend time on page tables that nobody needs, and XSAVE because the emulated SVM
# loses track of it, so that AVX in a PVH guest is invalid; and AVX itself, as some programs do not ask twice. And fast
# string instructions (ERMS), since QEMU takes a step for each byte of these.
QEMU_CPU=${LAB_CPU:-max,-la57,-smap,-xsave,-avx,-avx2,-fma,-f16c,-erms,-fsrm}

# What time is, LAB_CLOCK. By the host's clock, processors run at the same time, each on one of the host's. By
# instructions each takes 2^LAB_SHIFT ns, processors take turns, and when all are idle, time leaps to the next timer: what a
# busy host does to them shows in no figure. So it is in the QEMU of scripts/build-qemu; in Debian's an idle machine
# waits by the host's clock, since it would leap while it waits for the host's disk, too.
declare -A QEMU_CLOCKS=(
	[host]="-accel tcg,thread=multi"
	[instructions]="-accel tcg,thread=single -icount shift=${LAB_SHIFT:=2},sleep=on -rtc clock=vm"
)
CLOCK=${LAB_CLOCK:-instructions}

# A second inside may take so many of the host's processor: the slowest seen does 40 million instructions in one.
QEMU_SECOND=1
[[ $CLOCK == host ]] || QEMU_SECOND=$((25 >> LAB_SHIFT))

# qemu_prepare: in Debian's QEMU as it is, PVH and HVM guests of a Xen inside die of the emulation's faults; and it is slower.
qemu_prepare() {
	QEMU=$("$LAB/../../scripts/build-qemu") || exit
}

# qemu_take_built: for a PV guest, without waiting for a build.
qemu_take_built() {
	local built
	! built=$("$LAB/../../scripts/build-qemu" --if-built) || QEMU=$built
}

qemu_start() {
	local share=$1 memory=${LAB_MEMORY:-4G}
	# shellcheck disable=SC2206 # words
	QEMU_ARGS=(-M q35 ${QEMU_CLOCKS[$CLOCK]} -cpu "$QEMU_CPU" -smp "${LAB_CPUS:-2}" -m "$memory" -no-reboot
		-display none -monitor none -nic none
		-serial "file:$share/serial.log"
		-kernel "$XEN_IMAGE"
		-append "console=com1 com1=115200,8n1 dom0_mem=2G,max:2G dom0_max_vcpus=${LAB_CPUS:-2} loglvl=all guest_loglvl=all conring_size=4m bootscrub=0 spec-ctrl=no ${LAB_XEN_OPTIONS:-}"
		-initrd "$KERNEL_IMAGE console=hvc0 $QEMU_DOM0_OPTIONS,$DOM0_INITRD"
		-drive "file=$DOM0_IMAGE,format=raw,if=virtio,snapshot=on"
		-virtfs "local,path=$share,mount_tag=run,security_model=none,id=run"
		-virtfs "local,path=$KERNEL_ROOT/lib/modules,mount_tag=modules,security_model=none,readonly=on,id=modules")
	# It ends with the shell that started it, however that one ends.
	TMPDIR=$CACHE setpriv --pdeathsig KILL "$QEMU" "${QEMU_ARGS[@]}" >"$share/qemu.log" 2>&1 </dev/null {CACHE_LOCK}>&- &
	QEMU_PID=$!
}

qemu_running() {
	[[ $QEMU_PID ]] && kill -0 "$QEMU_PID" 2>/dev/null
}

# qemu_seconds: how far dom0's clock is at the least.
qemu_seconds() {
	local stat
	if [[ $CLOCK == host ]]; then
		echo "$SECONDS"
	elif read -ra stat <"/proc/$QEMU_PID/stat"; then
		echo $(((stat[13] + stat[14]) / 100 / QEMU_SECOND))
	else
		echo 0
	fi 2>/dev/null
}

qemu_stop() {
	[[ $QEMU_PID ]] || return 0
	kill -KILL "$QEMU_PID" 2>/dev/null
	wait "$QEMU_PID" 2>/dev/null
	QEMU_PID=
}
