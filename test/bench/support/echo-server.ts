import { createServer } from 'node:http';

// The entry of the least that node:http can do: reads a JSON call, answers with a fixed one. What we cost above it is ours.
const ANSWER = '{"jsonrpc":"2.0","id":1,"result":"0x0"}';
createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  request.on('end', () => {
    JSON.parse(text);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length });
    response.end(ANSWER);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
