// A server under test: a process of its own on a free port of 127.0.0.1.

import { spawn } from "node:child_process";
import { createServer } from "node:net";

export const HOST = "127.0.0.1";
const START_WITHIN = 120_000; // the command may have something to compile
const STOP_WITHIN = 15_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(what, deadline, test) {
  for (const end = Date.now() + deadline; Date.now() < end; await pause(25)) if (await test()) return;
  throw new Error(`${what}: not within ${deadline / 1000} s`);
}

export class Program {
  #command;
  #environment;
  #child = null; // the running child, or null
  output = ""; // the end of what it printed, for the report of a failure

  static async onFreePort(command, environment = {}) {
    const port = await new Promise((resolve, reject) => {
      const probe = createServer().once("error", reject).listen(0, HOST, () => {
        const { port } = probe.address();
        probe.close(() => resolve(port));
      });
    });
    return new Program(command, port, environment);
  }

  constructor(command, port, environment) {
    this.#command = command;
    this.#environment = { ...process.env, ...environment, HOST, PORT: String(port) };
    this.url = `http://${HOST}:${port}/`;
    // Whatever happens to us, the server does not outlive us.
    process.on("exit", () => this.#signal("SIGKILL"));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));
  }

  async start() {
    // A process group of its own, so that stopping it reaches also what a wrapper (cargo, npm) started.
    const child = spawn(this.#command[0], this.#command.slice(1), {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: this.#environment,
    });
    child.on("error", (error) => { this.output += `${error.message}\n`; child.over = true; });
    child.on("exit", () => { child.over = true; });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => { this.output = (this.output + text).slice(-8000); });
    }
    this.#child = child;
    await until("the page answers", START_WITHIN, () => {
      if (child.over) throw new Error(`the server ended at once (exit code ${child.exitCode})`);
      return this.#answers();
    });
  }

  async stop() {
    this.#signal("SIGTERM");
    await until("the server stops on SIGTERM", STOP_WITHIN,
      async () => this.#child.over && !(await this.#answers()));
    this.#child = null;
  }

  // Ends it, come what may.
  async end() {
    this.#signal("SIGTERM");
    if (this.#child && !this.#child.over) await until("", 3000, () => this.#child.over).catch(() => {});
    this.#signal("SIGKILL");
  }

  #answers() {
    return fetch(this.url, { signal: AbortSignal.timeout(2000) }).then((answer) => answer.ok, () => false);
  }

  #signal(signal) {
    try {
      if (this.#child?.pid) process.kill(-this.#child.pid, signal);
    } catch {
      // the group is gone already
    }
  }
}
