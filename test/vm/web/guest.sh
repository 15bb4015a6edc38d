#!/bin/sh
# The guest's second program where Chromium works on the boards: the policy that grants them, the boards on the bus, the
# page by 127.0.0.1, then the browser, until the host ends the guest.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
read -r up _ < /proc/uptime
echo "@@ up after $up s"
mkdir -p /etc/chromium/policies/managed
echo "$POLICY" | busybox base64 -d > /etc/chromium/policies/managed/flashproof.json
/lib/systemd/systemd-udevd --daemon

# on_bus SERIAL: whether the system has the device; a J-Link puts zeros before its number.
on_bus() { cat /sys/bus/usb/devices/*/serial 2> /dev/null | grep -q "$1\$"; }

n=0
for serial in $(echo "$SERIALS" | tr , ' '); do
  n=$((n + 1))
  usbip --tcp-port "$PORT" attach -r 10.0.2.2 -b "1-$n"
  tries=0
  until on_bus "$serial" || [ $tries -gt 200 ]; do
    tries=$((tries + 1))
    sleep 0.05
  done
done
udevadm settle
"$NODE" "$PROGRAM" &
read -r up _ < /proc/uptime
echo "@@ browser begins after $up s"
chromium --headless=new --no-sandbox --no-zygote --disable-gpu --disable-dev-shm-usage --user-data-dir=/run/chromium \
  --remote-debugging-port="$BROWSER" about:blank > /run/chromium.log 2>&1
tail -n 20 /run/chromium.log
echo "@@ the browser ended"
poweroff -f 2> /dev/null || busybox poweroff -f
