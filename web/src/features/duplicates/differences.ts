import { bytes } from "../../lib/format";
import type { GroupAsset } from "./asked";

/** What an asset is beside the one that is kept, in words, the most telling first. */
export function differences(kept: GroupAsset, other: GroupAsset): readonly string[] {
  const found: string[] = [];
  const share = (other.width * other.height) / (kept.width * kept.height);
  if (share < 0.995) found.push(`${Math.round(share * 100)} % of its pixels`);
  else if (share > 1.005) found.push(`${share.toFixed(1)} times its pixels`);
  else if (other.sha256 !== kept.sha256) found.push("the same number of pixels");
  if (other.format !== kept.format) found.push(`${other.format} instead of ${kept.format}`);
  if (other.bytes < kept.bytes) found.push(`${bytes(kept.bytes - other.bytes)} smaller`);
  else if (other.bytes > kept.bytes) found.push(`${bytes(other.bytes - kept.bytes)} larger`);
  if (other.sha256 === kept.sha256) found.push("byte for byte the same");
  return [...found, ...told(other.evidence)];
}

/** What the evidence itself says, where it says more than a score. */
function told(evidence: GroupAsset["evidence"]): readonly string[] {
  const found: string[] = [];
  const turn = evidence["turn"];
  const inliers = evidence["inliers"];
  if (typeof turn === "string" && turn !== "identity" && turn !== "none") found.push(turn.replaceAll("_", " "));
  if (typeof inliers === "number") found.push(`${inliers} matching points`);
  return found;
}
