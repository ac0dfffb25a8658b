# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# That devices work, in short, for cases about what is below them. A case sources this.

# shellcheck source=tests/lab/lib/dom0/streams.sh
. "$LAB/lib/dom0/streams.sh"

# devices_carry: bytes over the network both ways, and to each disk and back.
devices_carry() {
	local disk
	expect "$(check ping -q -c 5 -i 0.2 -W 5 -s 1400 "$GUEST_IP")" '~' ' 0% packet loss'
	stream_to_guest "$GUEST_IP" 4
	stream_from_guest "$DOM0_IP" 4
	for disk in xvda xvdb; do
		guest "dd if=/dev/urandom of=/tmp/carry bs=64k count=16 2>&1 && dd if=/tmp/carry of=/dev/$disk oflag=direct bs=64k 2>&1"
		guest "dd if=/dev/$disk iflag=direct bs=64k count=16 2>/dev/null | cmp - /tmp/carry"
	done
}

# parameter MODULE NAME: of a module that is loaded.
parameter() {
	guest cat "/sys/module/$1/parameters/$2"
}

# upcalls CPU: so many interrupts of Xen's has it taken.
upcalls() {
	guest "awk '/xpv:upcall/ { n += \$(2 + $1) } END { print n + 0 }' /proc/interrupts"
}

# card_interrupts_on CPU: have all queues of the card interrupt that one, since dom0 chooses the queue.
card_interrupts_on() {
	guest "awk '\$NF ~ /^vif-0-q/ { sub(\":\", \"\", \$1); print \$1 }' /proc/interrupts |
		while read -r irq; do echo $1 >/proc/irq/\$irq/smp_affinity_list; done"
}

# card_interrupts CPU: so many of the card's has it taken.
card_interrupts() {
	guest "awk '\$NF ~ /^vif-0-q/ { n += \$(2 + $1) } END { print n + 0 }' /proc/interrupts"
}

# guest_said MARK: what the kernel's log has since "lab: MARK".
guest_said() {
	guest "dmesg | sed '1,/lab: $1\$/d'"
}
