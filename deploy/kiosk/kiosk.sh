#!/bin/sh
# Shows the wall in Chromium, full screen, for as long as the machine runs: starts the browser again when it dies, and waits for
# the server before each start. Needs nothing but a shell, Chromium, and curl.
#
#   deploy/kiosk/kiosk.sh http://server:8501/wall?scenes=overview,warnings\&every=30
#
# KIOSK_PROFILE   folder of the browser's profile, which keeps the sign-in   (default: ~/.party-kiosk)
# KIOSK_BROWSER   the browser to start                                       (default: the first Chromium found)
# KIOSK_PAUSE     seconds before a browser that died is started again        (default: 5)
# KIOSK_FLAGS     further flags for the browser
set -u

url=${1:-}
case $url in
    http://* | https://*) ;;
    *) echo "用法：$0 http://服务器:8501/wall?every=30" >&2; exit 2 ;;
esac

profile=${KIOSK_PROFILE:-$HOME/.party-kiosk}
pause=${KIOSK_PAUSE:-5}
browser=${KIOSK_BROWSER:-}
for found in chromium chromium-browser google-chrome; do
    [ -n "$browser" ] || browser=$(command -v "$found" || true)
done
if [ -z "$browser" ]; then
    echo "没有找到 Chromium：请安装，或用 KIOSK_BROWSER 指定" >&2
    exit 2
fi

child=
stopped=
stop() {
    stopped=1
    [ -z "$child" ] || kill "$child" 2>/dev/null
}
trap stop INT TERM HUP

health=$(printf '%s' "$url" | sed -E 's#^(https?://[^/]+).*#\1/_stcore/health#')
mkdir -p "$profile"
while [ -z "$stopped" ]; do
    until [ -n "$stopped" ] || curl --silent --fail --max-time 5 --output /dev/null "$health"; do
        sleep "$pause" & child=$!
        wait "$child"
    done
    [ -z "$stopped" ] || break
    # A browser that was killed asks whether to restore its pages; a wall has nobody to answer.
    for state in "$profile"/Default/Preferences; do
        [ -f "$state" ] && sed -i 's/"exit_type":"[^"]*"/"exit_type":"Normal"/' "$state"
    done
    # shellcheck disable=SC2086 # several flags
    "$browser" --kiosk --user-data-dir="$profile" --no-first-run --noerrdialogs --disable-infobars \
        --disable-session-crashed-bubble --disable-features=Translate --autoplay-policy=no-user-gesture-required \
        --overscroll-history-navigation=0 --password-store=basic ${KIOSK_FLAGS:-} "$url" &
    child=$!
    wait "$child"
    child=
    [ -n "$stopped" ] && break
    echo "浏览器已退出，$pause 秒后重新启动" >&2
    sleep "$pause" & child=$!
    wait "$child"
done
exit 0
