import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type SubmitEvent } from "react";

import { Wrong } from "../../components/wrong";
import { text } from "../../config/text";
import { useSignIn } from "./asked";
import "./session.css";

const words = text.session;

/** Asks for the key of a library that is guarded by one, then goes where the person wanted to. */
export function SignInPage() {
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/sign-in" });
  const [key, setKey] = useState("");
  const signIn = useSignIn(() => void navigate({ href: next ?? "/library", replace: true }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    signIn.mutate(key);
  };
  return (
    <form className="card stack sign-in" onSubmit={submit}>
      <h1>{words.title}</h1>
      <p className="quiet">{words.lead}</p>
      <label className="stack">
        {words.key}
        <input
          type="password"
          autoComplete="current-password"
          required
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
      </label>
      <button type="submit" className="button main" disabled={signIn.isPending}>
        {words.enter}
      </button>
      {signIn.error ? <Wrong error={signIn.error} /> : null}
    </form>
  );
}
