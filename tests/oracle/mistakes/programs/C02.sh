# msmtp: the sender is not the account.
# needs: msmtp
# at: 163
# shows: msmtp: server message: 553 Mail from must equal authorized user
msmtp --host="$FM_HOST" --port="$FM_SUBMISSIONS" --tls=on --tls-starttls=off --tls-trust-file="$FM_CA" \
  --auth=plain --user="$FM_USER" --passwordeval='echo "$FM_CODE"' --from=root@laptop.example \
  you@163.com <<'END'
Subject: hello

hello
END
