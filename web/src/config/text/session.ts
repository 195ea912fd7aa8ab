/** Words of signing in. */
export const session = {
  title: "This library asks for a key",
  lead: "Whoever runs it has it: it is the value of PINAKES_APPLICATION__API_KEY. This browser keeps a session for 30 days, not the key.",
  key: "Key",
  enter: "Sign in",
  leave: "Sign out",
} as const;
