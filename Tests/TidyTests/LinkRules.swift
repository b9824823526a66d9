import Foundation

#if canImport(FoundationXML)
import FoundationXML
#endif

/// The files of the repository that a link can name, and the pages among them that are read.
struct LinkedFiles: Sendable {
    /// Every file that git tracks, by its path from the top.
    let files: Set<String>
    let pages: [String: Markdown]
    private let folders: Set<String>

    init(files: Set<String>, pages: [Markdown]) {
        self.files = files
        self.pages = Dictionary(uniqueKeysWithValues: pages.map { ($0.path, $0) })
        var folders: Set<String> = [""]
        for file in files {
            var parts = file.split(separator: "/")
            while !parts.isEmpty {
                parts.removeLast()
                folders.insert(parts.joined(separator: "/"))
            }
        }
        self.folders = folders
    }

    /// Whether there is a file or a folder of that path.
    func holds(_ path: String) -> Bool { files.contains(path) || folders.contains(path) }
}

/// Rules about where the pages point to.
enum LinkRules {
    /// A target that is within the repository: the file or folder, and what follows the `#`.
    private struct Place {
        let path: String
        let fragment: String?
    }

    private static let scheme = Pattern(#"^[a-z][a-z0-9+.-]*:"#)

    /// The place that a link names; nil for an address, or where it leads out of the repository.
    private static func place(of target: String, from page: String) -> Place? {
        let halves = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let fragment = halves.count > 1 ? String(halves[1]) : nil
        let name = String(halves[0])
        guard !name.isEmpty else { return Place(path: page, fragment: fragment) }
        var parts = page.split(separator: "/").dropLast().map(String.init)
        for part in (name.removingPercentEncoding ?? name).split(separator: "/") where part != "." {
            guard part == ".." else {
                parts.append(String(part))
                continue
            }
            guard parts.popLast() != nil else { return nil }
        }
        return Place(path: parts.joined(separator: "/"), fragment: fragment)
    }

    private static func isAddress(_ target: String) -> Bool { !scheme.matches(in: target).isEmpty }

    /// Links of a page to what is not there.
    static func broken(in page: Markdown, among files: LinkedFiles) -> [Finding] {
        let undefined = page.undefined.map {
            Finding(path: page.path, line: $0.line, message: "[\($0.target)] is defined nowhere")
        }
        return undefined
            + page.links.compactMap { link in
                fault(of: link, in: page, among: files).map {
                    Finding(path: page.path, line: link.line, message: "'\(link.target)' \($0)")
                }
            }
    }

    /// What is wrong with a link; nil where nothing is.
    private static func fault(
        of link: Markdown.Link, in page: Markdown, among files: LinkedFiles
    ) -> String? {
        if isAddress(link.target) { return nil }
        if link.target.isEmpty { return "names nothing" }
        if link.target.hasPrefix("/") { return "is not relative: begin at the page's own folder" }
        guard let place = place(of: link.target, from: page.path) else {
            return "leads out of the repository"
        }
        guard files.holds(place.path) else { return "is not there: git tracks no such file" }
        guard let fragment = place.fragment else { return nil }
        guard let target = files.pages[place.path] else {
            return "has a # behind what is no Markdown"
        }
        return target.anchors.contains(fragment) ? nil : "is no heading there"
    }

    /// Images of a page that nobody can look at; `data` reads a file.
    static func images(
        in page: Markdown, among files: LinkedFiles, data: (String) throws -> Data
    ) -> [Finding] {
        page.links.filter { $0.isImage && !isAddress($0.target) }.compactMap { link in
            guard let place = place(of: link.target, from: page.path), files.holds(place.path)
            else { return nil }
            let isImage = (try? data(place.path)).map { self.isImage($0, name: place.path) }
            return isImage == true
                ? nil
                : Finding(
                    path: page.path, line: link.line,
                    message: "'\(link.target)' is neither well-formed SVG nor PNG")
        }
    }

    private static func isImage(_ data: Data, name: String) -> Bool {
        if name.hasSuffix(".png") {
            return data.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        }
        let root = RootElement()
        let parser = XMLParser(data: data)
        parser.delegate = root
        // Its answer is true of a document that is cut off, too; the error tells.
        return name.hasSuffix(".svg") && parser.parse() && parser.parserError == nil
            && root.name == "svg"
    }

    /// Remembers the first element that it is told.
    private final class RootElement: NSObject, XMLParserDelegate {
        private(set) var name: String?

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) {
            if self.name == nil { self.name = name }
        }
    }

    /// Pages of the documentation that no chain of links from the first page leads to.
    static func unreachable(
        from start: String, among files: LinkedFiles, pages: [String]
    ) -> [Finding] {
        var (seen, next): (Set<String>, [String]) = ([start], [start])
        while let path = next.popLast() {
            for link in files.pages[path]?.links ?? [] where !isAddress(link.target) {
                guard let place = place(of: link.target, from: path) else { continue }
                if seen.insert(place.path).inserted { next.append(place.path) }
            }
        }
        return pages.filter { !seen.contains($0) }.map {
            Finding(path: $0, line: 0, message: "no link from \(start) leads here")
        }
    }
}
