/** Version of the package that this page was built from, written in by its build. */
declare const pageVersion: string;
