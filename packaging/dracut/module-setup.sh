#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dracut: puts the xpv modules into the image, and has them loaded before udev
# finds the drivers of emulated devices.

# In every image: one that is made elsewhere may be for a Xen guest.
check()
{
	return 0
}

installkernel()
{
	hostonly='' instmods xpv-blkfront xpv-netfront
}

install()
{
	# shellcheck disable=SC2154
	inst_hook pre-udev 10 "$moddir/load-xpv.sh"
	inst_multiple -o /etc/modprobe.d/xpv.conf /usr/lib/modprobe.d/xpv.conf /lib/modprobe.d/xpv.conf
	inst_multiple modprobe
}
