#!/bin/sh
# First program of the guest, on its memory disk: loads the modules, puts the host's root, read-only, under a writable
# layer, and goes on from there with $GUEST. The kernel hands its NAME=value parameters over as variables.
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
for module in $(cat /modules/order); do insmod /modules/$module || echo "@@ module $module failed"; done
ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro,access=any host /low || echo "@@ no root"
mount -t tmpfs layer /up
mkdir /up/upper /up/work
mount -t overlay -o lowerdir=/low,upperdir=/up/upper,workdir=/up/work root /new || echo "@@ no layer"
mount -t devtmpfs dev /new/dev
mount -t proc proc /new/proc
mount -t sysfs sysfs /new/sys
mount -t tmpfs run /new/run
mkdir -p /new/dev/pts /new/dev/shm
mount -t devpts pts /new/dev/pts
mount -t tmpfs shm /new/dev/shm
exec switch_root /new /bin/sh "$GUEST"
