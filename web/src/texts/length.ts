/** A writer of lengths in the two largest units that matter: 45 s, 4 min, 1 h 35 min. */
export function lengths(hour: string, minute: string, second: string, between: string) {
  return (seconds: number): string => {
    if (seconds < 60) return `${Math.round(seconds)}${second}`;
    const minutes = Math.round(seconds / 60);
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
    const parts = [hours > 0 ? `${hours}${hour}` : "", rest > 0 ? `${rest}${minute}` : ""];
    return parts.filter((part) => part !== "").join(between);
  };
}
