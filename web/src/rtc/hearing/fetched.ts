/** Fetches these files one after the other; `tell` hears how much of all has come, 0 to 1. Rejects where one doesn't come. */
export async function fetched(urls: readonly string[], tell: (part: number) => void): Promise<Uint8Array[]> {
  const answers = await Promise.all(urls.map((url) => fetch(url)));
  const whole = answers.reduce((sum, { headers }) => sum + Number(headers.get("Content-Length")), 0);
  let come = 0;
  const files: Uint8Array[] = [];
  for (const answer of answers) {
    if (!answer.ok || !answer.body) throw new Error(`status ${answer.status}`);
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        come += chunk.length;
        if (whole > 0) tell(Math.min(1, come / whole));
        controller.enqueue(chunk);
      },
    });
    files.push(new Uint8Array(await new Response(answer.body.pipeThrough(counted)).arrayBuffer()));
  }
  return files;
}
