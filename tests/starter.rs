//! The starting point, copied out of the repository as its README says: it builds there, and its tests
//! pass.

use std::{env, fs, path::Path, process::Command};

const IN_REPOSITORY: &str = "path = \"../../runtime\"";

#[test]
#[ignore = "needs a while: it builds a package outside of the workspace"]
fn the_starter_works_where_it_is_copied_to() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let root = root.expect("a folder above");
    let starter = root.join("examples/starter");
    // Below the repository it would be taken for a member of the workspace that is not listed.
    let copied = env::temp_dir().join(format!("hobnob-starter-{}", std::process::id()));
    copy(&starter, &copied);

    // What is said to change, to this repository and not to the one on the web.
    let readme = fs::read_to_string(starter.join("README.md")).expect("a README");
    assert!(readme.contains(&format!("`{IN_REPOSITORY}`")));
    let manifest = copied.join("Cargo.toml");
    let lines = fs::read_to_string(&manifest).expect("a manifest");
    assert_eq!(lines.matches(IN_REPOSITORY).count(), 2);
    let here = format!("path = {:?}", root.join("runtime"));
    fs::write(&manifest, lines.replace(IN_REPOSITORY, &here)).expect("a manifest");

    // Built before, as far as possible: the same versions, the same folder, the same profile.
    fs::copy(root.join("Cargo.lock"), copied.join("Cargo.lock")).expect("a lock file");
    let this = env::current_exe().expect("this test has a path");
    let target = this.ancestors().nth(3).expect("target/debug/deps");
    let tested = Command::new(env!("CARGO"))
        .args(["test", "--offline"])
        .current_dir(&copied)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only")
        .output()
        .expect("cargo starts");
    fs::remove_dir_all(&copied).expect("the copy is removed");
    let output = String::from_utf8_lossy(&tested.stdout);
    let errors = String::from_utf8_lossy(&tested.stderr);
    assert!(tested.status.success(), "{errors}\n{output}");
    assert!(output.contains("a_note_is_seen_by_everybody ... ok"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let copied = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &copied);
        } else {
            fs::copy(entry.path(), copied).expect("a file");
        }
    }
}
