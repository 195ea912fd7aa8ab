import { text } from "../../config/text";
import { bytes, folderOf, nameOf } from "../../lib/format";
import type { Beside, GroupAsset } from "./asked";
import type { Difference } from "./difference";
import { geometry } from "./geometry";
import { metadataDifferences } from "./metadata-differences";

const says = text.compare.says;

/** What a file is beside the one that is kept, the most telling first. */
export function differences(kept: GroupAsset, other: GroupAsset, beside?: Beside): readonly Difference[] {
  return [
    ...ofPixels(kept, other),
    ...ofFile(kept, other, beside),
    ...metadataDifferences(kept, other),
    ...ofEvidence(kept, other, beside),
    ...ofPlace(kept, other),
  ];
}

function ofPixels(kept: GroupAsset, other: GroupAsset): readonly Difference[] {
  if (other.sha256 === kept.sha256) return [{ says: says.sameBytes, better: 0 }];
  if (other.tier === "pixels") return [{ says: says.samePixels, better: 0 }];
  const share = (other.width * other.height) / (kept.width * kept.height);
  if (share < 0.995) return [{ says: says.fewerPixels(Math.round(share * 100)), better: -1 }];
  return share > 1.005 ? [{ says: says.morePixels(share.toFixed(1)), better: 1 }] : [];
}

function ofFile(kept: GroupAsset, other: GroupAsset, beside: Beside | undefined): readonly Difference[] {
  const found: Difference[] = [];
  const [own, of] = [beside?.quality[1] ?? null, beside?.quality[0] ?? null];
  if (other.format !== kept.format) found.push({ says: says.format(other.format, kept.format), better: 0 });
  if (own !== null && of !== null && own !== of) found.push({ says: says.quality(own, of), better: own > of ? 1 : -1 });
  if (other.bytes < kept.bytes) found.push({ says: says.smaller(bytes(kept.bytes - other.bytes)), better: 0 });
  else if (other.bytes > kept.bytes) found.push({ says: says.larger(bytes(other.bytes - kept.bytes)), better: 0 });
  return found;
}

/** How it lies on the kept one and how sure that is. */
function ofEvidence(kept: GroupAsset, other: GroupAsset, beside: Beside | undefined): readonly Difference[] {
  if (kept.sha256 === other.sha256) return [];
  const found: Difference[] = geometryOf(kept, other, beside);
  const { inliers, distance } = other.evidence;
  if (typeof inliers === "number" && inliers > 0) found.push({ says: says.points(inliers), better: 0 });
  if (typeof distance === "number" && distance > 0) found.push({ says: says.distance(distance), better: 0 });
  if (other.tier === "similar") found.push({ says: says.score(Math.round(other.score * 100)), better: 0 });
  return found;
}

function geometryOf(kept: GroupAsset, other: GroupAsset, beside: Beside | undefined): Difference[] {
  const found: Difference[] = [];
  if (beside?.matrix) {
    const { turn, mirrored } = geometry(beside.matrix, kept.width / kept.height, other.width / other.height);
    if (turn !== 0) found.push({ says: says.turned(turn), better: 0 });
    if (mirrored) found.push({ says: says.mirrored, better: 0 });
  } else if (other.evidence["mirrored"] === true) found.push({ says: says.mirrored, better: 0 });
  const overlap = beside?.overlap ?? [];
  const [shown, holds] = [overlap[0] ?? 1, overlap[1] ?? 1];
  if (shown < 0.97) found.push({ says: says.cropped(Math.round(shown * 100)), better: -1 });
  if (holds < 0.97) found.push({ says: says.extended(Math.round(holds * 100)), better: 1 });
  return found;
}

function ofPlace(kept: GroupAsset, other: GroupAsset): readonly Difference[] {
  const found: Difference[] = [];
  if (nameOf(other.path) !== nameOf(kept.path)) found.push({ says: says.name(nameOf(other.path)), better: 0 });
  if (folderOf(other.path) !== folderOf(kept.path)) found.push({ says: says.folder, better: 0 });
  return found;
}
