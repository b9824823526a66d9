import Testing

extension CommandTests {
    @Suite("Pages are tried as a reader would type them", .oneDesk)
    struct PageTests {
        private func failure(of text: String, within seconds: Int = 300) throws -> String? {
            let page = Page(path: "Page.md", text: text)
            var typescript = Typescript(of: page)
            for block in page.blocks("sh") { typescript.add(block) }
            return try typescript.failure(
                in: try #require(OneDesk.surroundings), within: seconds)
        }

        @Test("what goes well in all blocks, one session, is no failure")
        func success() throws {
            let text = """
                # A page

                ```sh
                set_here=$PWD/kept
                pkcs11-tool --module /opt/lib.so --token-label prod --login --pin env:HSM_PIN \\
                  --list-objects | grep -q records
                ```

                ```text
                not a command
                ```

                * In a list:

                  ```sh
                  cat > "$set_here" << 'END'
                  words
                  END
                  ```

                ```sh
                #!/bin/sh
                exit 0
                ```

                ```sh
                grep -qx words kept && [ -e results/mine/run.json ]
                anchorbench --version && sleep 1000 &
                ```
                """
            #expect(try failure(of: text) == nil)
        }

        @Test(
            "what fails is told by page and line, and by what that command said",
            arguments: [
                ("ls /no/such/file", 5, "/no/such/file"),
                ("true | false | true", 5, "exit code 1"),
                ("echo \"$unset_here\"", 5, "unset_here: unbound variable"),
                ("no-such-command", 5, "no-such-command: command not found"),
                ("true \\\n  && ls /no/such/file", 6, "/no/such/file"),
                ("anchorbench run --no-such-option", 5, "--no-such-option"),
                ("Benchmarks/all --no-such-option", 5, "--no-such-option"),
                ("swift build --no-such-option", 5, "--no-such-option"),
                ("exit 0", 5, "what follows was not tried"),
                ("sh -c 'exit 0'\nf() {\n  false\n}\nf", 9, "exit code 1"),
            ])
        func failures(commands: String, line: Int, said: String) throws {
            let text = "# A page\n\n```sh\necho fine >&2\n\(commands)\necho after\n```\n"
            let failure = try #require(try failure(of: text))
            #expect(failure.hasPrefix("Page.md:\(line): "), "\(failure)")
            #expect(failure.contains(said) && !failure.contains("fine"), "\(failure)")
        }

        @Test("what never ends is stopped, and told by its line")
        func hanging() throws {
            let text = "```sh\ntrue\nsleep 1000\n```\n"
            // Long enough for a busy machine to come to it.
            let failure = try #require(try failure(of: text, within: 20))
            #expect(failure.hasPrefix("Page.md:3: this still ran after 20 seconds"), "\(failure)")
        }

        @Test("blocks are found with their language, their line and without their margin")
        func blocks() {
            let text =
                "````text\n```sh\n````\n- a\n  ```sh\n  b\n    c\n  ```\n```yaml\nd: e\n```\n"
            let page = Page(path: "Page.md", text: text)
            #expect(
                page.blocks == [
                    Page.Block(language: "text", line: 2, lines: ["```sh"]),
                    Page.Block(language: "sh", line: 6, lines: ["b", "  c"]),
                    Page.Block(language: "yaml", line: 10, lines: ["d: e"]),
                ])
        }

        @Test("the steps of a workflow are found, of one line and of several")
        func steps() {
            let lines = [
                "on: push", "jobs:", "  gate:", "    steps:", "      - name: A", "        run: |",
                "          make", "", "            -C base", "      - run: test -f a",
                "        if: b",
            ]
            let workflow = Page.Block(language: "yaml", line: 11, lines: lines)
            #expect(workflow.isWorkflow)
            #expect(
                workflow.steps == [
                    Page.Block(language: "run", line: 17, lines: ["make", "", "  -C base"]),
                    Page.Block(language: "run", line: 20, lines: ["test -f a"]),
                ])
        }

        @Test("a scenario is told by a key that only scenarios have")
        func scenarios() {
            func isScenario(_ lines: String...) -> Bool {
                Page.Block(language: "yaml", line: 1, lines: lines)
                    .isScenario(["name", "anchor", "load"])
            }
            #expect(isScenario("# Ours", "anchor:", "  uri: softhsm"))
            #expect(!isScenario("name: Job", "on: push", "jobs:"))
            #expect(!isScenario("groups:", "  - name: anchor"))
        }

        @Test("a first word that is no command is found, and no other word")
        func firstWords() {
            let lines = [
                "export A=1 && b", "C='d e' anchorbench run \\", "  f g", "h i", "j() { echo k; }",
                "j l", "cat > m << 'END'", "n o", "END", "echo 'p", "q r'", "case $s in",
                "t) echo u ;;", "esac", "if v w; then", "# x y", "Scripts/run | z", "\"$A\" a",
                "cat <<< b", "cc d",
            ]
            let block = Page.Block(language: "sh", line: 11, lines: lines)
            let found = FirstWords.strangers(in: block)
            #expect(found.map(\.word) == ["h", "v", "cc"])
            #expect(found.map(\.line) == [14, 25, 30])
        }

        @Test("what stands for the reader's own is replaced, and what stands nowhere is told")
        func standIns() {
            let text = StandIns.applied(to: "pkcs11:token=ci?module-path=/opt/lib.so&a")
            #expect(text == "pkcs11:token=prod?module-path=/usr/lib/softhsm/libsofthsm2.so&a")
            let documented = StandIns.table.map(\.documented)
            #expect(StandIns.unused(in: documented).isEmpty)
            #expect(StandIns.unused(in: Array(documented.dropFirst())) == ["/opt/lib.so"])
        }
    }
}
