# curl: no --user.
# needs: curl
# at: qq
# known: among others
# shows: < 503 Error: need EHLO and AUTH first !
printf 'Subject: hello\r\n\r\nhello\r\n' |
  curl -sv "smtp://$FM_HOST:$FM_SUBMISSION" --mail-from me@qq.com --mail-rcpt you@example.test -T -
