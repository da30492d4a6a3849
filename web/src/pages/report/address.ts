/** The address at which a moderator's link opens the report instead of the desk. */

export const reportAddress = (token: string): string => `/j?page=report#${token}`;
export const isReport = (): boolean => new URLSearchParams(location.search).get("page") === "report";
