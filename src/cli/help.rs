//! The parts of the help that clap does not write: examples of each command, exit codes, and which global options a command ignores.

use clap::{Arg, ColorChoice, Command, CommandFactory};

use super::Cli;

/// A command line, and what it does.
pub(super) type Example = (&'static str, &'static str);

/// What is particular to the help of a command.
pub(super) struct CommandHelp {
    /// Empty for the program itself.
    name: &'static str,
    /// Global options that do nothing here. They are accepted but not shown.
    ignored: &'static [&'static str],
    examples: &'static [Example],
}

const ALL: [CommandHelp; 13] = [
    CommandHelp {
        name: "",
        ignored: &[],
        examples: &[
            ("bulletin init news", "Create a site in the folder news"),
            ("bulletin serve --site news --open", "Preview it in the browser while you edit it"),
            ("bulletin build --site news", "Build it into news/public"),
        ],
    },
    CommandHelp {
        name: "init",
        ignored: &["site", "verbose", "pictures_cache"],
        examples: &[
            ("bulletin init news", "Create a site with sample stories"),
            ("bulletin init news --empty", "Create a site without stories, ready for an import"),
        ],
    },
    CommandHelp {
        name: "new",
        ignored: &["quiet", "verbose", "pictures_cache"],
        examples: &[
            ("bulletin new \"Harbour strike: talks stall\"", "Create a draft in content/"),
            (
                "bulletin new \"Harbour strike: talks stall\" --section local",
                "Create it in the section local",
            ),
            (
                "bulletin new \"Harbour strike: talks stall\" --image crane.jpg",
                "Create it with a lead picture",
            ),
        ],
    },
    CommandHelp {
        name: "import",
        ignored: &["pictures_cache"],
        examples: &[
            ("bulletin import wire.txt --dry-run", "Show what a wire story would become"),
            ("bulletin import wordpress-export.xml", "Import the stories of a WordPress site"),
            ("bulletin import ../old-site --from hugo --status draft", "Import a Hugo site as drafts"),
            ("bulletin import --remap", "Convert the remaining shortcodes of an earlier import"),
        ],
    },
    CommandHelp {
        name: "build",
        ignored: &[],
        examples: &[
            ("bulletin build", "Build the site in this folder into public/"),
            ("bulletin build --strict --output /srv/www", "Build elsewhere; any warning stops the build"),
            ("bulletin build --as-of 2026-12-24T06:00 --output next", "Build the site as of another time"),
            ("bulletin build --explain", "Show why each page was rendered"),
        ],
    },
    CommandHelp {
        name: "check",
        ignored: &[],
        examples: &[
            ("bulletin check", "Report every problem of the site"),
            ("bulletin check --strict --message-format json", "Check in CI, with problems as JSON"),
            ("bulletin check --as-of 2027-01-01", "Check the site as of New Year's Day"),
        ],
    },
    CommandHelp {
        name: "publish",
        ignored: &[],
        examples: &[
            ("bulletin publish --dry-run", "Show what a publication would change"),
            ("bulletin publish", "Build the site as of now and publish it"),
            (
                "bulletin publish staging --as-of 2026-12-24T06:00 --yes",
                "Show the desk the site of another time",
            ),
        ],
    },
    CommandHelp {
        name: "changed",
        ignored: &["pictures_cache"],
        examples: &[
            ("bulletin changed --since site.record", "List the files that changed, with their URLs"),
            ("bulletin changed --since site.record --update --json", "Do so in CI, and remember this build"),
        ],
    },
    CommandHelp {
        name: "urls",
        ignored: &["pictures_cache"],
        examples: &[
            ("bulletin urls", "List the URL path of every page and file"),
            ("bulletin urls --against sitemap.xml", "Find the URLs of an old site that are missing"),
            ("bulletin urls --against access.log --write", "Add redirects where the target is certain"),
        ],
    },
    CommandHelp {
        name: "schema",
        ignored: &["message_format", "quiet", "verbose", "site", "pictures_cache"],
        examples: &[
            ("bulletin schema > bulletin.schema.json", "Describe bulletin.yaml for an editor"),
            ("bulletin schema front-matter", "Describe the front matter of stories"),
        ],
    },
    CommandHelp {
        name: "serve",
        ignored: &[],
        examples: &[
            ("bulletin serve --open", "Preview the site in the browser"),
            ("bulletin serve --drafts --follow --editor vscode", "Jump between preview and editor"),
            ("bulletin serve --as-of 2026-12-24T06:00", "Preview what an embargo will release"),
            ("bulletin serve --lan", "Preview on a phone on the same network"),
        ],
    },
    CommandHelp {
        name: "completions",
        ignored: &["site", "message_format", "quiet", "verbose", "pictures_cache"],
        examples: &[
            ("bulletin completions bash > ~/.local/share/bash-completion/completions/bulletin", "Bash"),
            ("bulletin completions zsh > ~/.zfunc/_bulletin", "Zsh, with ~/.zfunc in fpath"),
            ("bulletin completions fish > ~/.config/fish/completions/bulletin.fish", "Fish"),
        ],
    },
    CommandHelp {
        name: "man",
        ignored: &["site", "message_format", "verbose", "pictures_cache"],
        examples: &[("bulletin man ~/.local/share/man/man1", "Install the man pages for this user")],
    },
];

/// Exit codes, and when a command returns them.
pub(super) const EXIT_CODES: [(&str, &str); 3] = [
    ("0", "Success, possibly with warnings"),
    ("1", "The site or an import has errors, `urls` found missing URLs, or a guard stopped `publish`"),
    ("2", "The command could not run or finish: an invalid argument, an unreadable file, a host that failed"),
];

/// The examples of a command.
pub(super) fn examples(command: &str) -> &'static [Example] {
    ALL.iter().find(|help| help.name == command).map_or(&[], |help| help.examples)
}

/// The command line with its whole help.
pub(super) fn command(color: ColorChoice) -> Command {
    let mut root = Cli::command().color(color);
    for CommandHelp { name, ignored, examples } in &ALL {
        let examples = example_section(examples);
        if name.is_empty() {
            root = root.after_help(format!("{examples}\n\n{}", exit_code_section()));
            continue;
        }
        // A command's own option with the same id replaces the global one, so that it can be hidden.
        let is_ignored = |arg: &&Arg| ignored.contains(&arg.get_id().as_str());
        let hidden: Vec<Arg> =
            root.get_arguments().filter(is_ignored).map(|arg| arg.clone().hide(true)).collect();
        root = root.mut_subcommand(name, |command| command.args(hidden).after_help(examples));
    }
    root
}

/// The value of `--color` among raw arguments: clap prints help and errors while it parses them.
pub(super) fn color_of(arguments: &[std::ffi::OsString]) -> ColorChoice {
    let arguments = arguments.iter().map_while(|argument| argument.to_str().filter(|text| *text != "--"));
    let mut color = ColorChoice::Auto;
    let mut is_value = false;
    for argument in arguments {
        let value = if is_value { Some(argument) } else { argument.strip_prefix("--color=") };
        color = value.and_then(|value| value.parse().ok()).unwrap_or(color);
        is_value = argument == "--color";
    }
    color
}

fn example_section(examples: &[Example]) -> String {
    let lines: Vec<String> =
        examples.iter().map(|(line, what)| format!("  {line}\n          {what}")).collect();
    format!("{}\n{}", heading("Examples"), lines.join("\n"))
}

fn exit_code_section() -> String {
    let lines: Vec<String> = EXIT_CODES.iter().map(|(code, when)| format!("  {code}  {when}")).collect();
    format!("{}\n{}", heading("Exit codes"), lines.join("\n"))
}

/// A heading as clap writes its own.
fn heading(text: &str) -> String {
    format!("\u{1b}[1m\u{1b}[4m{text}:\u{1b}[0m")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a command line, without a redirection. Double quotes keep words together.
    fn words(line: &str) -> Vec<String> {
        let line = line.split(" > ").next().unwrap_or_default();
        let quoted = line.split('"').enumerate();
        let words = quoted.flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        });
        words.collect()
    }

    #[test]
    fn the_command_line_is_consistent() {
        command(ColorChoice::Auto).debug_assert();
    }

    #[test]
    fn every_command_has_examples_that_parse() {
        let commands = command(ColorChoice::Never);
        let names = commands.get_subcommands().map(clap::Command::get_name).chain([""]);
        for name in names {
            assert!(!examples(name).is_empty(), "`{name}` has no examples");
            for (line, _) in examples(name) {
                let words = words(line);
                assert!(name.is_empty() || words[1] == name, "`{line}` is an example of `{name}`");
                if let Err(error) = commands.clone().try_get_matches_from(words) {
                    panic!("{line}\n{error}");
                }
            }
        }
    }

    #[test]
    fn the_color_is_known_before_arguments_are_parsed() {
        let color = |line: &str| color_of(&line.split(' ').map(Into::into).collect::<Vec<_>>());
        assert_eq!(color("bulletin build --color never"), ColorChoice::Never);
        assert_eq!(color("bulletin --color=always build"), ColorChoice::Always);
        assert_eq!(color("bulletin build --color sometimes"), ColorChoice::Auto);
        assert_eq!(color("bulletin new -- --color=always"), ColorChoice::Auto);
    }
}
