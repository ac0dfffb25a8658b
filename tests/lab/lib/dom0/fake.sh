# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# A disk whose backend is nothing but nodes in XenStore: it says what a case tells it to, and does nothing.

fake_backend() {
	echo "/local/domain/0/fake/$DOMID/$(vbd_number "$1")"
}

# fake_vbd NAME [KEY=VALUE...]: offer a disk. Keys are nodes of the backend; those that begin with
# "front:" are of the frontend. It is a good one of 32 MiB but for what is said.
fake_vbd() {
	local number back front pair
	number=$(vbd_number "$1") back=$(fake_backend "$1")
	front=/local/domain/$DOMID/device/vbd/$number
	note "fake $*"
	shift
	xenstore-write "$back/frontend" "$front" "$back/frontend-id" "$DOMID" "$back/sectors" 65536 \
		"$back/sector-size" 512 "$back/info" 0 "$back/mode" w "$back/state" 2
	xenstore-write "$front/virtual-device" "$number" "$front/backend" "$back" "$front/backend-id" 0
	for pair; do
		case $pair in
		front:*) pair=${pair#front:} && xenstore-write -- "$front/${pair%%=*}" "${pair#*=}" ;;
		*) xenstore-write -- "$back/${pair%%=*}" "${pair#*=}" ;;
		esac
	done
	xenstore-chmod -r "$back" n0 "r$DOMID"
	xenstore-chmod -r "$front" "n$DOMID" r0
	# Last, as it makes the guest look: from then on it writes here. It inherits who may.
	xenstore-write "$front/state" 1
}

# fake_say NAME KEY VALUE: a node of the backend.
fake_say() {
	note "fake $1 says $2=$3"
	xenstore-write -- "$(fake_backend "$1")/$2" "$3"
}

# fake_front NAME KEY: a node of the frontend.
fake_front() {
	xenstore-read "/local/domain/$DOMID/device/vbd/$(vbd_number "$1")/$2" 2>/dev/null
}

# fake_front_is NAME STATE: for "eventually".
fake_front_is() {
	[[ $(fake_front "$1" state) == "$2" ]]
}

# fake_serve NAME LIE: have vbd-liar serve the ring that NAME's frontend offers; sets LIAR.
fake_serve() {
	local order refs=() i
	if order=$(fake_front "$1" ring-page-order); then
		for ((i = 0; i < 1 << order; i++)); do
			refs+=("$(fake_front "$1" "ring-ref$i")")
		done
	else
		refs=("$(fake_front "$1" ring-ref)")
	fi
	note "vbd-liar $DOMID $(fake_front "$1" event-channel) $2 ${refs[*]}"
	"$LAB/vbd-liar" "$DOMID" "$(fake_front "$1" event-channel)" "$2" "${refs[@]}" >"$SCRATCH/liar" 2>&1 &
	LIAR=$!
	eventually grep -q ready "$SCRATCH/liar"
}

# fake_remove NAME: as if it had been unplugged.
fake_remove() {
	xenstore-rm "/local/domain/$DOMID/device/vbd/$(vbd_number "$1")"
	xenstore-rm "$(fake_backend "$1")"
}
