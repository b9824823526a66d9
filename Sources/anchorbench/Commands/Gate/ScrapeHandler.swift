import GateState
import NIOCore
import NIOHTTP1
import Reporting

/// Answers the requests of one connection, one after the other.
final class ScrapeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let reader: GateReader
    private var request: HTTPRequestHead?

    /// A handler that answers with the counts that `reader` finds at that moment.
    init(_ reader: GateReader) { self.reader = reader }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = head
        case .body: break
        case .end:
            guard let head = request else { return }
            request = nil
            write(answer(to: head), to: head, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private struct Answer {
        var status: HTTPResponseStatus
        var text: String
        var type = "text/plain; charset=utf-8"
    }

    private func answer(to request: HTTPRequestHead) -> Answer {
        guard request.uri.prefix(while: { $0 != "?" }) == "/metrics" else {
            return Answer(status: .notFound, text: "the metrics are at /metrics\n")
        }
        guard request.method == .GET || request.method == .HEAD else {
            return Answer(status: .methodNotAllowed, text: "the metrics are there to GET\n")
        }
        let form = GateOpenMetrics.Form(
            accepting: request.headers[canonicalForm: "Accept"].joined(separator: ","))
        do {
            let text = GateOpenMetrics(try reader.snapshot()).text(form)
            return Answer(status: .ok, text: text, type: form.contentType)
        } catch {
            return Answer(status: .serviceUnavailable, text: "\(error)\n")
        }
    }

    private func write(
        _ answer: Answer, to request: HTTPRequestHead, _ context: ChannelHandlerContext
    ) {
        let stays = request.isKeepAlive && request.version == .http1_1
        var head = HTTPResponseHead(version: .http1_1, status: answer.status)
        head.headers.add(name: "Content-Type", value: answer.type)
        head.headers.add(name: "Content-Length", value: String(answer.text.utf8.count))
        if !stays { head.headers.add(name: "Connection", value: "close") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            let body = context.channel.allocator.buffer(string: answer.text)
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if !stays {
            let channel = context.channel
            written.whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
