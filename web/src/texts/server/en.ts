/** What is wrong with the server itself, for the desk. */

import type { WarningDoc } from "../../wire";

export interface ServerWarning {
  what: string;
  remedy: string;
}

export const server = {
  name: "Server",
  warnings: {
    overload: ({ level = 1 }) => ({
      what:
        level >= 3
          ? "overloaded: viewers get sound alone, and new ones are refused"
          : level === 2
            ? "overloaded: viewers get sound alone"
            : "overloaded: viewers get small pictures",
      remedy:
        "Halls, guests and interpreters are not affected. Pictures come back by themselves. Stop other programs on the server, or ask viewers to watch together.",
    }),
    disk: ({ free_mb = 0 }) => ({
      what: `disk nearly full, ${free_mb} MB left`,
      remedy: "Free some space on the disk of the data folder. Without space no command can be carried out.",
    }),
    "log-fails": () => ({
      what: "the show log cannot be written",
      remedy: "Nothing changes until it can. Check the disk of the data folder: space, permissions, mount.",
    }),
    writer: () => ({
      what: "the show does not run",
      remedy: "Restart the server. The show goes on from its log.",
    }),
    media: () => ({ what: "the media port is closed", remedy: "Restart the server." }),
    clock: ({ ahead_s = 0 }) => ({
      what: `its clock differs from the show's by ${Math.abs(ahead_s)} s`,
      remedy:
        ahead_s > 0
          ? "The clock of the server is behind. Set it right (NTP), then restart the server."
          : "The clock of the server was set forward during the show. Restart the server in a break to show the right time.",
    }),
    "certificate-expires": ({ days = 0 }) => ({
      what: `the certificate expires in ${days} days`,
      remedy: "Renew it. The server reads the new files by itself.",
    }),
    "certificate-expired": () => ({
      what: "the certificate has expired",
      remedy: "Browsers refuse new pages. Renew it now; the server reads the new files by itself.",
    }),
    "certificate-unreadable": () => ({
      what: "the new certificate cannot be used",
      remedy: "The old one stays in force. The server's log says what is wrong with the files.",
    }),
    "disk-unknown": () => ({
      what: "the disk of the show log does not answer",
      remedy: "Check the disk or network drive of the data folder. The server's log has the error.",
    }),
    "certificate-unknown": () => ({
      what: "the certificate's files cannot be checked",
      remedy: "The certificate in use stays in force. The server's log has the error.",
    }),
    "overload-unknown": () => ({
      what: "overload cannot be detected",
      remedy: "The show goes on, but viewers are not sent less under load. The server's log has the error.",
    }),
  } satisfies Record<WarningDoc["code"], (figures: Record<string, number>) => ServerWarning>,
};
