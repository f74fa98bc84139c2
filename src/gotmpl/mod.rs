//! Go's text/template: lexer, parser, syntax tree, execution, built-in functions, errors. Pure.
