/** The address at which a viewer's or moderator's link opens the day's agenda alone, for reading and printing. */

export const agendaAddress = (token: string): string => `/j?page=agenda#${token}`;
export const isAgenda = (): boolean => new URLSearchParams(location.search).get("page") === "agenda";
