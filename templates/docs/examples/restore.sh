curl --fail-with-body --max-time 90 \
  --request POST "https://heirloom.example/api/api-call/photo-restore" \
  --header "Authorization: Bearer $HEIRLOOM_KEY" \
  --header "Content-Type: application/json" \
  --data '{"imageUrl": "https://example.com/old-photo.jpg"}'
