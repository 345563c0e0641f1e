// `ari-client` 2.2 as its README uses it: a handler for each type of event, one map of all channels.
// Arguments: port, expected events or requests, and: requests at once, 0 to handle events, or `calls` to answer calls.
'use strict';
const ari = require('ari-client');
const answersCalls = process.argv[4] === 'calls';
const [port, expect, atOnce] = process.argv.slice(2).map(Number);

const call = { handled: 0, digits: 0, values: 0, ended: 0, first: 0n, last: 0n };
const late = [];
const calls = new Map();

function count(state, event) {
  state.events += 1;
  call.last = process.hrtime.bigint();
  if (call.handled === 0) call.first = call.last;
  call.handled += 1;
  if (event.asterisk_id.endsWith('-')) late.push(Number(call.last - BigInt('0x' + event.asterisk_id.slice(0, 16))) / 1e3);
}

function quantiles() {
  if (late.length === 0) return null;
  late.sort((a, b) => a - b);
  const at = (q) => late[Math.floor((late.length - 1) * q)];
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}

function finish(seconds, cpu, rss, requests, errors) {
  const used = process.cpuUsage(cpu);
  process.stdout.write(JSON.stringify({
    handled: call.handled, digits: call.digits, values: call.values, ended: call.ended, seconds,
    cpu_seconds: (used.user + used.system) / 1e6, rss_bytes: Math.max(0, process.memoryUsage().rss - rss),
    latency_us: quantiles(), requests, errors,
  }) + '\n', () => process.exit(0));
}

function handle(client) {
  client.on('StasisStart', (event) => {
    const state = { events: 0, digits: 0, last: '' };
    calls.set(event.channel.id, state);
    count(state, event);
  });
  const known = (name, work) => client.on(name, (event) => {
    const state = calls.get(event.channel.id);
    if (!state) return;
    count(state, event);
    work(state, event);
  });
  for (const name of ['ChannelStateChange', 'ChannelDialplan', 'ChannelEnteredBridge', 'ChannelLeftBridge', 'ChannelHangupRequest', 'StasisEnd']) {
    known(name, () => {});
  }
  known('ChannelDtmfReceived', (state, event) => { state.digits += event.digit.length; call.digits += 1; });
  known('ChannelVarset', (state, event) => { state.last = event.value; call.values += 1; });
  known('ChannelDestroyed', (state, event) => { call.ended += 1; calls.delete(event.channel.id); });
}

async function ask(client, rounds) {
  const channel = client.Channel('1795644159.0');
  let errors = 0;
  for (let i = 0; i < rounds; i += 1) {
    try {
      if (i % 3 === 0) await channel.answer();
      else if (i % 3 === 1) await client.channels.get({ channelId: '1795644159.0' });
      else await channel.setChannelVar({ variable: 'STEP', value: 'greeting' });
    } catch (error) { errors += 1; }
  }
  return errors;
}

ari.connect(`http://127.0.0.1:${port}`, 'bench', 'bench').then(async (client) => {
  client.on('APILoadError', (error) => { throw error; });
  if (answersCalls) {
    client.on('StasisStart', (event, channel) => {
      channel.answer().then(() => setTimeout(() => channel.hangup().catch(() => {}), 1000)).catch(() => {});
    });
    await client.start('bench');
    process.stdout.write('ready\n');
    return;
  }
  const cpu = process.cpuUsage();
  const rss = process.memoryUsage().rss;
  if (atOnce > 0) {
    const begin = process.hrtime.bigint();
    const each = Math.floor(expect / atOnce);
    const errors = await Promise.all(Array.from({ length: atOnce }, () => ask(client, each)));
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    finish(seconds, cpu, rss, each * atOnce, errors.reduce((a, b) => a + b, 0));
    return;
  }
  handle(client);
  await client.start('bench');
  process.stdout.write('ready\n');
  let seen = 0;
  let moved = Date.now();
  setInterval(() => {
    if (call.handled !== seen) { seen = call.handled; moved = Date.now(); }
    if (call.handled < expect && !(seen > 0 && Date.now() - moved > 2000)) return;
    finish(Number(call.last - call.first) / 1e9, cpu, rss, 0, 0);
  }, 50);
}).catch((error) => { process.stderr.write(`${error.stack}\n`); process.exit(1); });
