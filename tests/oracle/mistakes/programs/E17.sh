# By hand, as with telnet: EHLO without a name.
# needs: curl
# at: 163
# shows: 500 Error: bad syntax
printf 'EHLO\r\nQUIT\r\n' | curl -s -m 10 "telnet://$FM_HOST:$FM_SUBMISSION"
