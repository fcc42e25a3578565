#!/bin/bash
# curl sends, the HTTP API says when it is there, curl reads it. Run: bash mail.sh.
set -euo pipefail

printf 'From: %s\r\nTo: new@example.com\r\nSubject: Welcome\r\n\r\nHere you are.\r\n' "$MAIL_ADDRESS" |
  curl --silent --show-error --fail --ssl-reqd --cacert "$FAKEMAIL_CA_FILE" \
    --user "$SMTP_USER:$SMTP_PASSWORD" --mail-from "$MAIL_ADDRESS" --mail-rcpt new@example.com \
    --upload-file - "smtp://$SMTP_HOST:$SMTP_PORT"

# --fail: 408 after the timeout ends the script
arrived=$(curl --silent --show-error --fail --get "$FAKEMAIL_URL/api/v1/wait" \
  --data-urlencode to=new@example.com --data-urlencode subject=Welcome --data timeout=5)
grep -q '"Subject": *"Welcome"' <<<"$arrived"

raw=$(curl --silent --show-error --fail "$FAKEMAIL_URL/api/v1/message/latest/raw")
grep -q 'Here you are.' <<<"$raw"
echo ok
