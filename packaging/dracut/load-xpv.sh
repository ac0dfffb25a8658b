#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In dracut's image, before udev starts. Where there is no Xen the modules say so, and
# the boot goes on.

modprobe -a -q xpv-blkfront xpv-netfront || :
