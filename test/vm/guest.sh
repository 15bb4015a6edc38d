#!/bin/sh
# The guest's second program, on the host's files: a device manager, then the checks, then off.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
read -r up _ < /proc/uptime
echo "@@ up after $up s"
# OpenOCD brings a rule of its own, which would do what ours is to be seen doing.
mkdir -p /etc/udev/rules.d
ln -sf /dev/null /etc/udev/rules.d/60-openocd.rules
# Whoever sits at this machine, as systemd-logind would write it down: what uaccess asks for.
mkdir -p /run/systemd/seats
printf 'ACTIVE=1\nACTIVE_UID=%s\n' 65534 > /run/systemd/seats/seat0
/lib/systemd/systemd-udevd --daemon
cd "$PROJECT" || exit
"$NODE" "$PROGRAM"
echo "@@ rc $?"
poweroff -f 2> /dev/null || busybox poweroff -f
