#include "adapters/mysql/binlog/log_decoder.hpp"

#include <fmt/format.h>
#include <strings.h>
#include <zlib.h>

#include <algorithm>
#include <utility>

#include "orchestrator/plan/error.hpp"

namespace transload::mysql::binlog {
namespace {

/// Of a FORMAT_DESCRIPTION event: the rest of the log has checksums.
bool describes_checksums(std::string_view body) {
    constexpr std::size_t fixed = 2 + 50 + 4 + 1;
    constexpr std::uint8_t none = 0, crc32 = 1;
    ByteReader reader(body);
    if (reader.u16() != 4) ByteReader::fail("a log of a version that is not known");
    reader.skip(50 + 4);
    if (reader.u8() != event_header_size) ByteReader::fail("a log with other headers");
    if (body.size() < fixed + 1 + checksum_size) ByteReader::fail("it ends too early");
    const auto method = static_cast<std::uint8_t>(body[body.size() - checksum_size - 1]);
    if (method != none && method != crc32) ByteReader::fail("checksums of a kind that is not known");
    return method == crc32;
}

std::uint32_t crc_of(std::string_view bytes) {
    return static_cast<std::uint32_t>(
        crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

}  // namespace

LogDecoder::LogDecoder(const std::vector<TablePlan>& tables, const Position& from, const std::string& server,
                       const DecoderOptions& options)
    : options_(options),
      names_(tables, options.any_case),
      layouts_(names_, options.hidden_columns),
      place_(from, server),
      checksums_(options.checksums) {}

void LogDecoder::undecodable(const EventHeader& header, const std::string& what) const {
    std::string object = where();
    std::string place = fmt::format("event {} after {}", static_cast<unsigned>(header.type), where());
    if (rows_place_.layout != nullptr) {
        const TablePlan& plan = names_.tables()[rows_place_.layout->table];
        object = plan.source.display();
        place += ", table " + object;
        if (rows_place_.column && *rows_place_.column < plan.columns.size())
            place += ", column " + plan.columns[*rows_place_.column].name;
    }
    throw Error(ErrorKind::failed, "binlog.undecodable", object,
                fmt::format("the change log can't be understood: {} ({})", what, place),
                rows_place_.layout != nullptr
                    ? "the row may be damaged on the source itself (MySQL takes changes in place of large JSON documents back "
                      "wrongly, see docs/validation.md): write it anew there, or leave the table out, and begin the job anew "
                      "with --restart; else report this with the server's version"
                    : "begin the job anew with --restart; report this with the server's version");
}

std::string_view LogDecoder::checked(const EventHeader& header, std::string_view event) {
    const std::string_view body = event.substr(event_header_size);
    if (header.type == EventType::format_description) {
        checksums_ = describes_checksums(body);
        if (!checksums_) return body.substr(0, body.size() - checksum_size);
    }
    if (!checksums_) return body;
    if (body.size() < checksum_size) ByteReader::fail("it ends too early");
    const std::string_view summed = event.substr(0, event.size() - checksum_size);
    const std::uint32_t stored = ByteReader(event.substr(summed.size())).u32();
    if (crc_of(summed) != stored)
        throw Error(ErrorKind::failed, "binlog.checksum", where(),
                    fmt::format("event {} after {} was damaged on its way or in the log: its checksum is wrong",
                                static_cast<unsigned>(header.type), where()),
                    "look at the server's disk and network; begin again where the job stood");
    return body.substr(0, body.size() - checksum_size);
}

void LogDecoder::take(std::string_view event) {
    EventHeader header;
    try {
        ByteReader reader(event);
        header = read_header(reader);
        if (header.size != event.size()) ByteReader::fail("an event of another size than it says");
        const std::string_view body = checked(header, event);
        const bool is_heartbeat = header.type == EventType::heartbeat || header.type == EventType::heartbeat_v2;
        if (!is_heartbeat) {
            same_heartbeats_ = 0;
            if (header.type != EventType::rotate) place_.passed(header);
            if (open_) piece_.log_bytes += event.size();
        } else {
            std::string now = std::to_string(header.end) + " " + std::string(body);
            same_heartbeats_ = now == heartbeat_ && same_heartbeats_ > 0 ? same_heartbeats_ + 1 : 1;
            heartbeat_ = std::move(now);
            return;
        }
        if (header.type == EventType::transaction_payload)
            payload_ = std::make_unique<PayloadReader>(body);
        else
            dispatch(header, body);
        if (!open_) place_.settle();
    } catch (const Malformed& error) {
        undecodable(header, error.what());
    }
}

std::optional<Piece> LogDecoder::next() {
    while (!ready_ && payload_) {
        EventHeader header;
        header.type = EventType::transaction_payload;
        try {
            const std::optional<std::string_view> event = payload_->next();
            if (!event) {
                payload_.reset();
                break;
            }
            ByteReader reader(*event);
            header = read_header(reader);
            if (header.type == EventType::transaction_payload) ByteReader::fail("compressed events inside each other");
            dispatch(header, reader.rest());
        } catch (const Malformed& error) {
            undecodable(header, error.what());
        }
    }
    return std::exchange(ready_, std::nullopt);
}

void LogDecoder::dispatch(const EventHeader& header, std::string_view body) {
    using T = EventType;
    if (is_rows(header.type)) return rows(header.type, body);
    switch (header.type) {
        case T::rotate: {
            ByteReader reader(body);
            const std::uint64_t offset = reader.u64();
            return place_.rotate(reader.rest(), offset);
        }
        case T::format_description: return layouts_.clear();
        case T::gtid:
        case T::anonymous_gtid:
        case T::gtid_tagged:
        case T::mariadb_gtid: return start(header, body);
        case T::query: return statement(read_query(body, QueryForm::plain));
        case T::mariadb_query_compressed: return statement(read_query(body, QueryForm::compressed));
        case T::execute_load_query: return statement(read_query(body, QueryForm::load));
        case T::xid: return finish(false);
        case T::xa_prepare: return prepare(body);
        case T::table_map: return introduce(body);
        case T::incident:
            throw Error(ErrorKind::failed, "binlog.incident", where(),
                        "the server says at " + where() + " that changes may be missing from its log",
                        "begin the job anew with --restart: nobody can tell what was lost");
        // What stands beside the rows and says nothing of its own.
        case T::stop:
        case T::intvar:
        case T::rand:
        case T::user_var:
        case T::begin_load_query:
        case T::append_block:
        case T::delete_file:
        case T::ignorable:
        case T::rows_query:
        case T::previous_gtids:
        case T::transaction_context:
        case T::view_change:
        case T::mariadb_annotate_rows:
        case T::mariadb_binlog_checkpoint:
        case T::mariadb_gtid_list: return;
        default: break;
    }
    if ((header.flags & ignorable_flag) != 0) return;
    throw Error(ErrorKind::failed, "binlog.unknown_event", where(),
                fmt::format("the change log has an event of type {} after {}, which Transload does not know",
                            static_cast<unsigned>(header.type), where()),
                header.type == T::mariadb_start_encryption ? "switch encrypt_binlog off on the server"
                                                           : "report this with the server's version");
}

void LogDecoder::open() {
    open_ = true;
    begun_ = own_ = false;
    pieces_ = 0;
    piece_ = Piece();
    gtid_ = {};
    xa_.clear();
    savepoints_.clear();
}

void LogDecoder::start(const EventHeader& header, std::string_view body) {
    if (open_ && (pieces_ != 0 || !piece_.changes.empty())) ByteReader::fail("a transaction without an end");
    open();
    const TransactionStart start = read_gtid_event(header, body);
    gtid_ = start.gtid;
    begun_ = start.begun;
    xa_ = start.xa;
    piece_.committed_us = start.committed_us;
    piece_.log_bytes = header.size;
}

void LogDecoder::introduce(std::string_view body) {
    if (!open_) open();
    begun_ = true;
    if (layouts_.add(body) != TableLayouts::Owner::transload) return;
    own_ = true;
    piece_.changes.clear();
    piece_.weight = 0;
}

void LogDecoder::rows(EventType type, std::string_view body) {
    if (!open_) ByteReader::fail("rows outside a transaction");
    if (own_) return;
    piece_.weight += read_rows(type, body, layouts_, names_.tables(), piece_.changes, rows_place_);
    rows_place_ = {};
    if (piece_.weight < options_.piece_bytes) return;
    piece_.stamp = place_.stamp(gtid_);
    emit(false);
}

void LogDecoder::emit(bool last) {
    Piece next;
    next.committed_us = piece_.committed_us;
    piece_.first = pieces_ == 0;
    piece_.last = last;
    piece_.weight += sizeof(Piece);
    ready_ = std::exchange(piece_, std::move(next));
    ++pieces_;
}

void LogDecoder::finish(bool rolled_back) {
    if (!open_) open();
    place_.committed(gtid_);
    // What Transload wrote may show only after pieces went out: they must be taken back.
    if (rolled_back || own_) {
        piece_.changes.clear();
        piece_.statement.reset();
        piece_.weight = 0;
        piece_.rolled_back = pieces_ != 0;
        piece_.own = own_ && !rolled_back;
    }
    if (pieces_ != 0 || piece_.own || piece_.statement || !piece_.changes.empty()) {
        piece_.stamp = place_.stamp(gtid_);
        emit(true);
    } else {
        ++skipped_;
    }
    open_ = false;
}

}  // namespace transload::mysql::binlog
