#!/usr/bin/env bash
# Orders one piece of a product, exactly once, however often an answer is lost on the way.
#
#     bash order.sh http://127.0.0.1:3000 enamel-mug
#
# Bash 4 or later and curl, and nothing else.
set -euo pipefail

if (($# != 2)); then
  echo "usage: bash order.sh BASE SLUG" >&2
  exit 64
fi
api=$1/api/v1
slug=$2
contact='{"name":"Ada Lovelace","email":"ada@example.org","street":"12 St James'\''s Square","postcode":"SW1Y 4JH",'
contact+='"city":"London","country":"United Kingdom"}'

most_tries=12
# Longer than the shop may take for one answer.
patience_s=12

# send PATH BODY HEADER… sends the same until the answer is definitive: its status goes to $status, its body to $answer.
send() {
  local path=$1 body=$2 attempt wait header arguments=()
  shift 2
  [[ -z $body ]] || arguments+=(--header 'Content-Type: application/json')
  for header; do arguments+=(--header "$header"); done
  for ((attempt = 0; attempt < most_tries; attempt++)); do
    # Twice as long after each try, up to 5 s, and never in step with other clients: in milliseconds.
    wait=$((100 << attempt))
    ((wait <= 5000)) || wait=5000
    wait=$((wait / 2 + RANDOM % (wait / 2)))
    # A curl that fails has no answer, or half of one. That says nothing of what the shop did.
    if answer=$(curl --silent --max-time "$patience_s" --request POST --data-binary "$body" "${arguments[@]}" \
      --write-out '\n%{http_code} %header{retry-after}' "$api$path"); then
      read -r status retry_after <<<"${answer##*$'\n'}"
      answer=${answer%$'\n'*}
      is_undecided || return 0
      ((wait >= ${retry_after:-0} * 1000)) || wait=$((retry_after * 1000))
    fi
    sleep "$((wait / 1000)).$(printf '%03d' $((wait % 1000)))"
  done
  echo "undecided: no answer is definitive yet. Whoever keeps token and quote can send them later" >&2
  exit 75
}

# Whether an answer leaves open what happened: the same must be sent again.
is_undecided() {
  ((status == 429 || status >= 500)) || [[ $answer == *'"code":"in_progress"'* ]]
}

expect() {
  local expected
  for expected; do
    ((status != expected)) || return 0
  done
  echo "$(text code): $(text detail)" >&2
  exit 1
}

# text NAME: the first member of that name in $answer, which is a text without escapes.
text() {
  local rest=${answer#*\"$1\":\"}
  printf '%s' "${rest%%\"*}"
}

# What is made twice by a retry here is an unused session, cart or token. None of them is an order.
send /sessions ''
expect 201
auth="Authorization: Bearer $(text token)"
send /carts "{\"slug\":\"$slug\",\"quantity\":1}" "$auth"
expect 201
send /checkouts "{\"cart\":\"$(text id)\"}" "$auth"
expect 201
token=$(text token)
# The quote goes back as it came: it stands before the tax.
quote=${answer#*\"quote\":}
quote=${quote%,\"tax_included\":*}

# The token is the key of every try: the first that arrives places the order, the others are answered with it.
send /orders "{\"quote\":$quote,\"contact\":$contact}" "$auth" "Idempotency-Key: \"$token\""
expect 200 201
echo "ordered $(text number) $(text id)"
