/** Every error code, and how it shows outside the process. */

/** How a code shows outside the process: HTTP status of the REST API, exit code of the command line. */
interface Outcome {
  readonly http: number;
  readonly exit: number;
}

const usage: Outcome = { http: 400, exit: 2 };
const unknown: Outcome = { http: 404, exit: 3 };
const taken: Outcome = { http: 409, exit: 4 };
const plugin: Outcome = { http: 502, exit: 5 };
const late: Outcome = { http: 504, exit: 6 };
const system: Outcome = { http: 500, exit: 1 };
/** As shells have it for a command that Ctrl-C has ended. */
const interrupted: Outcome = { http: 500, exit: 130 };

/** Every code, stable for ever. */
export const ERROR_CODES = {
  ERR_NAME_INVALID: usage,
  ERR_CONFIG_INVALID: usage,
  ERR_OPERATOR_OPTION: usage,
  ERR_OPERATOR_BOUND: system,
  ERR_PROJECT_TIMEOUT: late,
  ERR_STAGE_STALLED: late,
  ERR_VALUE_INVALID: usage,

  ERR_ADDRESS_TOO_LONG: usage,
  ERR_ADDRESS_IN_USE: taken,
  ERR_CHANNEL_BIND: system,
  ERR_CHANNEL_DIAL: plugin,
  ERR_CHANNEL_CLOSED: plugin,
  ERR_GREETING: plugin,
  ERR_FRAME_INVALID: plugin,
  ERR_FRAME_TOO_LARGE: usage,
  ERR_TRANSPORT_MISSING: usage,
  ERR_MESSAGE_INVALID: plugin,

  ERR_INSTALL_NOT_FOUND: unknown,
  ERR_MANIFEST_MISSING: usage,
  ERR_MANIFEST_INVALID: usage,
  ERR_ZIP_INVALID: usage,
  ERR_ZIP_PATH: usage,
  ERR_ZIP_LIMIT: usage,
  ERR_PLUGIN_EXECUTABLE: usage,
  ERR_PLUGIN_EXISTS: taken,
  ERR_SYMBOL_TAKEN: taken,
  ERR_PLUGIN_UNKNOWN: unknown,
  ERR_PLUGIN_IN_USE: taken,
  ERR_SYMBOL_UNKNOWN: unknown,
  ERR_CONF_KEY_UNKNOWN: unknown,
  ERR_SCRIPT_REFUSED: usage,
  ERR_SCRIPT_FAILED: plugin,
  ERR_ENVIRONMENT: plugin,
  ERR_PLUGIN_CHANGED: plugin,
  ERR_DATA_FOLDER: system,

  ERR_PLUGIN_SPAWN: plugin,
  ERR_PLUGIN_EXITED: plugin,
  ERR_PLUGIN_HANDSHAKE: late,
  ERR_PLUGIN_FAILED: plugin,
  ERR_PLUGIN_STOPPED: plugin,
  ERR_PLUGIN_QUIET: late,
  ERR_PLUGIN_HUNG: late,
  ERR_PLUGIN_BUSY: taken,
  ERR_PLUGIN_MISMATCH: usage,
  ERR_PLUGIN_MISPLACED: system,
  ERR_SYMBOL_IN_USE: taken,
  ERR_SYMBOL_REMOVED: unknown,
  ERR_HOST_LOCKED: taken,
  ERR_HOST_STOPPED: taken,

  ERR_COMMAND_TIMEOUT: late,
  ERR_COMMAND_LOST: plugin,
  ERR_SYMBOL_REFUSED: plugin,
  ERR_SYMBOL_DIED: plugin,
  ERR_SOURCE_REPORTED: plugin,
  ERR_QUEUE_OVERFLOW: plugin,
  ERR_CALL_TIMEOUT: late,
  ERR_CALL_LOST: plugin,
  ERR_CALL_FAILED: plugin,
  ERR_CALL_INVALID: usage,
  ERR_SINK_SHARED: usage,
  ERR_SINK_ACK: plugin,
  ERR_SINK_ACK_TIMEOUT: late,
  ERR_SINK_ENCODE: usage,

  ERR_RULE_EXISTS: taken,
  ERR_RULE_UNKNOWN: unknown,
  ERR_RULE_BRANCH_UNTRACKED: usage,
  ERR_RULE_CLOSED: usage,
  ERR_SHARE_CIRCLE: usage,
  ERR_USER_FUNCTION: usage,

  ERR_SCAFFOLD_EXISTS: taken,
  ERR_SCAFFOLD_OUT: usage,
  ERR_PACK_BUILD: usage,
  ERR_PACK_OUT: usage,
  ERR_PACK_STOCK: usage,
  ERR_TOOL_MISSING: system,
  ERR_TOOL_TIMEOUT: late,

  ERR_REQUEST_INVALID: usage,
  ERR_ROUTE_UNKNOWN: unknown,
  ERR_REQUEST_REFUSED: { http: 403, exit: 2 },
  ERR_TOKEN_INVALID: { http: 401, exit: 2 },
  ERR_SYMBOL_STARTED: taken,
  ERR_SYMBOL_NOT_STARTED: unknown,
  ERR_SEND_TIMEOUT: late,

  ERR_RULE_FILE: usage,
  ERR_DOWNLOAD_REFUSED: { http: 403, exit: 2 },
  ERR_DOWNLOAD_FAILED: plugin,
  ERR_DOWNLOAD_LATE: late,
  ERR_SERVER_ADDRESS: usage,
  ERR_REQUEST_TOO_LARGE: { http: 413, exit: 2 },
  ERR_REQUEST_TYPE: { http: 415, exit: 2 },
  ERR_STREAMS: { http: 503, exit: 4 },
  ERR_INTERNAL: system,

  ERR_CLI_USAGE: usage,
  ERR_CLI_INTERRUPTED: interrupted,
  ERR_CLI_NO_SERVICE: unknown,
  ERR_CLI_NO_FOLDER: unknown,
  ERR_CLI_UNREACHABLE: plugin,
  ERR_CLI_TIMEOUT: late,
  ERR_CLI_ANSWER: plugin,
  ERR_CLI_REFUSED: system,
  ERR_CLI_OUTPUT: system,
  ERR_UNHANDLED: system,
  ERR_UNCAUGHT: system,
} as const satisfies Record<string, Outcome>;

export type ErrorCode = keyof typeof ERROR_CODES;
