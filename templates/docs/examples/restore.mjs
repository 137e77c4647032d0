// Node.js 18 or newer, on a server: a key does not belong in a web page.
import { writeFile } from "node:fs/promises";

const reply = await fetch("https://heirloom.example/api/api-call/photo-restore", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.HEIRLOOM_KEY}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({ imageUrl: "https://example.com/old-photo.jpg" }),
  signal: AbortSignal.timeout(90_000),
});
const body = await reply.json();
if (!reply.ok) {
  throw new Error(`${reply.status} ${body.message}: ${body.detail} (${body.request_id})`);
}

const photo = await fetch(body.output);
await writeFile("restored.jpg", Buffer.from(await photo.arrayBuffer()));
console.log(body.output);
