# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Plugging and unplugging of devices while the guest runs.

DEVICE_LIMIT=40

# device_state CLASS NUMBER: the states of frontend and backend; "- -" if it is not there.
device_state() {
	local path=/local/domain/$DOMID/device/$1/$2 back
	back=$(device_backend "$1" "$2" 2>/dev/null) || back=
	echo "$(xenstore-read "$path/state" 2>/dev/null || echo -) $(xenstore-read "$back/state" 2>/dev/null || echo -)"
}

device_backend() {
	xenstore-read "/local/domain/$DOMID/device/$1/$2/backend"
}

device_connected() {
	[[ $(device_state "$1" "$2") == "4 4" ]]
}

device_gone() {
	! xenstore-exists "/local/domain/$DOMID/device/$1/$2"
}

device_list() {
	xenstore-list "/local/domain/$DOMID/device/$1" 2>/dev/null | sort -n
}

# device_xl ARG...: an xl command that changes devices must not hang.
device_xl() {
	note "xl $*"
	timeout -k 5 "$DEVICE_LIMIT" xl "$@" || fail "status $? (124: took longer than $DEVICE_LIMIT s): xl $*"
}

# vif_attach [KEY=VALUE...]: sets VIF.
vif_attach() {
	local before
	before=$(device_list vif)
	device_xl network-attach "$DOMID" bridge=xenbr0 "$@"
	VIF=$(comm -13 <(echo "$before" | sort) <(device_list vif | sort) | head -n 1)
	[[ $VIF ]] || fail "xl network-attach made no device"
	eventually -t "$DEVICE_LIMIT" device_connected vif "$VIF"
}

vif_detach() {
	device_xl network-detach "$DOMID" "$1"
	eventually -t "$DEVICE_LIMIT" device_gone vif "$1"
}

vif_state() {
	device_state vif "$1"
}

vif_backend() {
	device_backend vif "$1"
}

# vbd_number NAME: xvda is 51712, and each further disk 16 more.
vbd_number() {
	local letter=${1#xvd}
	[[ $letter =~ ^[a-p]$ ]] || fail "the lab knows disks xvda to xvdp, not $1"
	echo $((51712 + 16 * ($(printf '%d' "'$letter") - 97)))
}

# vbd_attach NAME [MIB] [blkback|qdisk] [w|r]
vbd_attach() {
	local name=$1 mib=${2:-64} backend=${3:-blkback} mode=${4:-w}
	[[ -e $DISKS/$name ]] || disk_create "$name" "$mib"
	device_xl block-attach "$DOMID" "$(disk_config "$name" "$backend" "$mode")"
	eventually -t "$DEVICE_LIMIT" device_connected vbd "$(vbd_number "$name")"
}

# vbd_detach [--force] NAME
vbd_detach() {
	local force=()
	[[ $1 != --force ]] || { force=(--force); shift; }
	device_xl block-detach "$DOMID" "$1" "${force[@]}"
	eventually -t "$DEVICE_LIMIT" device_gone vbd "$(vbd_number "$1")"
	disk_remove "$1"
}

vbd_state() {
	device_state vbd "$(vbd_number "$1")"
}

vbd_backend() {
	device_backend vbd "$(vbd_number "$1")"
}
