import { useNavigate } from "@tanstack/react-router";

import { Button } from "../../components/button";
import { text } from "../../config/text";
import { useSession, useSignOut } from "./asked";

/** The way out, where a key was needed to come in. */
export function SignOut() {
  const navigate = useNavigate();
  const session = useSession();
  const signOut = useSignOut(() => void navigate({ to: "/sign-in", search: {} }));
  if (session.data?.needs_key !== true || !session.data.signed_in) return null;
  return (
    <Button kind="plain" isDisabled={signOut.isPending} onPress={() => signOut.mutate()}>
      {text.session.leave}
    </Button>
  );
}
