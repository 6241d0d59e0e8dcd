exports.migrations = {
  // Version 2 keeps authors apart: "Ann, Bo" becomes ["Ann", "Bo"].
  1: ({ author, ...others }) => ({
    ...others,
    authors: typeof author === 'string' ? author.split(',').map((name) => name.trim()) : [],
  }),
  // Version 3 says more than whether a book was read.
  2: ({ read, ...others }) => ({ ...others, status: read === true ? 'read' : 'wanted' }),
};
