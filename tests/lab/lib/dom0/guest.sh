# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The one guest: made when needed, brought back to the same state before each case, destroyed when hurt.

GUEST_BOOT_LIMIT=${GUEST_BOOT_LIMIT:-300}
GUEST_MEMORY=768
[[ $KERNEL != debug ]] || GUEST_MEMORY=1536
GUESTS_MADE=0
# The emulated devices of the guest, and the case that it was made unlike others for.
GUEST_EMULATED=
GUEST_SPOILED=

guest_config() {
	cat <<-END
		name = "$GUEST_NAME"
		type = "$GUEST"
		kernel = "$SHARE/boot/vmlinux"
		ramdisk = "$SHARE/boot/initrd"
		extra = "console=hvc0 ignore_loglevel $GUEST_KERNEL_OPTIONS"
		memory = $GUEST_MEMORY
		vcpus = $GUEST_VCPUS
		tsc_mode = "native"
		on_crash = "preserve"
		on_poweroff = "preserve"
		on_reboot = "preserve"
		vif = [ "bridge=xenbr0,mac=00:16:3e:77:00:02" ]
		disk = [ "$(disk_config xvda blkback w)", "$(disk_config xvdb qdisk w)", "$(disk_config xvdc blkback r)" ]
	END
}

guest_alive() {
	[[ ${GUEST_NAME:-} && ! -e $REPLIES/dead ]] && timeout 20 xenstore-exists "/local/domain/$DOMID/name"
}

# guest_create: the guest is up when its agent says so.
guest_create() {
	local start=$SECONDS
	if [[ $GUEST == hvm ]]; then
		hvm_create || return
	else
		guest_create_once || return
	fi
	progress "    ${GUEST^^} guest is up after $((SECONDS - start)) s"
}

# guest_create_once: sets DOMID.
guest_create_once() {
	local kind=guest
	GUESTS_MADE=$((GUESTS_MADE + 1))
	GUEST_NAME=guest$GUESTS_MADE
	[[ $GUEST != hvm ]] || kind=hvm
	"${kind}_config" >"$SHARE/guest/$GUEST_NAME.cfg"
	# What xenconsoled writes is called guest-, and an HVM guest has no say there.
	logs_of_guest "$STATE/guest/${kind/hvm/serial}-$GUEST_NAME.log"
	[[ $GUEST != hvm ]] || hvm_serial_open "$GUEST_LOG" || return
	timeout -k 5 "$GUEST_BOOT_LIMIT" xl create "$SHARE/guest/$GUEST_NAME.cfg" || return
	DOMID=$(toolstack domid "$GUEST_NAME") || return
	echo "$DOMID" >"$STATE/domid"
	console_open "$DOMID" "$GUEST_LOG" || return
	guest_await
}

# guest_await: 0 once the agent is ready; 2 if the guest ended first, 1 if it took too long.
guest_await() {
	local deadline=$((SECONDS + GUEST_BOOT_LIMIT))
	while ((SECONDS < deadline)); do
		console_ready 6 && return
		(($? != 2)) || return 2
		! guest_ended || return 2
	done
	return 1
}

# guest_ended: whether Xen has stopped it.
guest_ended() {
	timeout 20 xl list "$GUEST_NAME" 2>/dev/null | awk 'NR == 2 && $5 ~ /[scd]/ { n++ } END { exit !n }'
}

guest_destroy() {
	[[ ${GUEST_NAME:-} ]] || return 0
	console_close
	hvm_serial_close
	if ! timeout -k 5 60 xl destroy "$GUEST_NAME"; then
		sleep 2
		timeout -k 5 60 xl destroy "$GUEST_NAME" || echo "cannot destroy $GUEST_NAME"
	fi
	GUEST_NAME=
}

# guest_devices_standard: no more and no fewer than it was made with.
guest_devices_standard() {
	local vbd number
	mapfile -t vbd < <(xenstore-list "/local/domain/$DOMID/device/vbd" 2>/dev/null)
	((${#vbd[@]} == 3)) || return
	for number in 51712 51728 51744; do
		[[ " ${vbd[*]} " == *" $number "* ]] || return
	done
	[[ $(xenstore-list "/local/domain/$DOMID/device/vif" 2>/dev/null) == 0 ]]
}

# guest_restore: the standard state, or a reason on stdout.
guest_restore() {
	guest_devices_standard || { echo "it has other devices than it was made with"; return 1; }
	console_ask 90 "/lab/ready" || { echo "it does not answer"; return 1; }
	return "$STATUS"
}

# guest_options NAME: the modules' options of a case, for modprobe in a guest that has loaded none yet.
guest_options() {
	local options
	options=$(case_directive "$1" module_options)
	[[ $options ]] || return 0
	console_ask 20 "echo '$options' | sed 's/^/options /' >/etc/modprobe.d/case.conf"
}

# guest_provide NAME: a guest in the standard state for that case; GUEST_TROUBLE says why not.
guest_provide() {
	if [[ $GUEST_SPOILED ]] || case_wants_fresh_guest "$1"; then
		guest_destroy
	fi
	GUEST_SPOILED=
	! case_spoils_guest "$1" || GUEST_SPOILED=$1
	if guest_alive; then
		! GUEST_TROUBLE=$(guest_restore) || return 0
		progress "    replacing the guest: $GUEST_TROUBLE"
	fi
	guest_destroy
	GUEST_EMULATED=$(case_emulated_devices "$1")
	if ! guest_create; then
		GUEST_TROUBLE="the guest did not start: $(guest_last_words)"
		return 1
	fi
	guest_options "$1" || { GUEST_TROUBLE="it does not take the modules' options"; return 1; }
	GUEST_TROUBLE=$(guest_restore)
}

guest_last_words() {
	local words
	words=$(verdict_scan 2>/dev/null <"$GUEST_LOG" | head -n 1)
	[[ $words ]] || words=$(tr -d '\r' 2>/dev/null <"$GUEST_LOG" | awk NF | tail -n 1)
	echo "${words:-it printed nothing}"
}
