#!/bin/sh
# The guest's second program where the host asks OpenOCD by its Tcl ports: one on each board, 6666 the first. Off when all
# have ended.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
read -r up _ < /proc/uptime
echo "@@ up after $up s"

# on_bus SERIAL: whether the system has the device.
on_bus() { cat /sys/bus/usb/devices/*/serial 2> /dev/null | grep -q "^$1\$"; }

n=0
for serial in $(echo "$SERIALS" | tr , ' '); do
  n=$((n + 1))
  usbip --tcp-port "$PORT" attach -r 10.0.2.2 -b "1-$n"
  tries=0
  until on_bus "$serial" || [ $tries -gt 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
  done
  openocd -c "bindto 0.0.0.0" -c "gdb_port disabled" -c "telnet_port disabled" -c "tcl_port $((6665 + n))" \
    -c "adapter driver cmsis-dap" -c "cmsis_dap_backend usb_bulk" -c "adapter serial $serial" \
    -c "transport select swd" -c "adapter speed 4000" -f "$CONFIG" -c init > "/run/openocd-$n" 2>&1 &
done
wait
cat /run/openocd-* | tail -n 40
echo "@@ rc 0"
poweroff -f 2> /dev/null || busybox poweroff -f
