#include "adapters/mysql/binlog/change_reader.hpp"

#include "adapters/mysql/binlog/log_decoder.hpp"
#include "adapters/mysql/binlog/log_session.hpp"

namespace transload::mysql::binlog {
namespace {

constexpr std::size_t skipped_before_a_look = 4'000;

}  // namespace

struct ChangeReader::Impl {
    LogSession session;
    LogDecoder decoder;

    Impl(const Endpoint& endpoint, const std::vector<TablePlan>& tables, const Position& from,
         const ReaderOptions& options)
        : session(endpoint, tables, from, options.heartbeat),
          decoder(tables, from, session.server().id, decoder_options(options)) {}

    [[nodiscard]] DecoderOptions decoder_options(const ReaderOptions& options) const {
        return {.piece_bytes = options.piece_bytes,
                .job_takes_new_tables = options.job_takes_new_tables,
                .any_case = session.server().any_case,
                .hidden_columns = session.hidden(),
                .checksums = session.server().checksums};
    }

    std::optional<Piece> next(std::chrono::milliseconds limit) {
        const auto until = std::chrono::steady_clock::now() + limit;
        std::size_t skipped = 0;
        while (true) {
            if (std::optional<Piece> piece = decoder.next()) return piece;
            const std::size_t more = decoder.skipped();
            skipped += more;
            // The caller may wait for the position that moved just now: say so when nothing follows at once.
            if (skipped >= skipped_before_a_look || (skipped != 0 && !session.has_more())) return std::nullopt;
            const std::optional<std::string_view> event = session.next(until);
            if (!event) return std::nullopt;
            decoder.take(*event);
            if (decoder.idle() && std::chrono::steady_clock::now() >= until) return std::nullopt;
        }
    }
};

ChangeReader::ChangeReader(const Endpoint& endpoint, const std::vector<TablePlan>& tables, const Position& from,
                           ReaderOptions options)
    : impl_(std::make_unique<Impl>(endpoint, tables, from, options)) {}
ChangeReader::~ChangeReader() = default;

std::optional<Piece> ChangeReader::next(std::chrono::milliseconds limit) { return impl_->next(limit); }
const Position& ChangeReader::position() const { return impl_->decoder.position(); }
bool ChangeReader::at_end() const { return impl_->decoder.at_end(); }

}  // namespace transload::mysql::binlog
