// A change log of arbitrary bytes: whatever comes, the decoder ends with pieces or an Error, inside its memory.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/mysql/binlog/log_decoder.hpp"
#include "orchestrator/plan/error.hpp"
#include "tests/fuzz/log_builder.hpp"

namespace {

using namespace transload;
using namespace transload::mysql::binlog;

const std::vector<TablePlan>& plans() {
    static const std::vector<TablePlan> all = test::all_types();
    return all;
}

void decode(std::string_view bytes) {
    Position from;
    from.server = "s";
    from.file = "binlog.000001";
    from.offset = 4;
    LogDecoder decoder(plans(), from, "s", {.piece_bytes = 4096});
    while (bytes.size() >= event_header_size) {
        ByteReader reader(bytes);
        // A size that can't be is replaced, so that what follows is looked at too.
        std::size_t size = read_header(reader).size;
        if (size < event_header_size || size > bytes.size()) size = bytes.size();
        decoder.take(bytes.substr(0, size));
        while (decoder.next()) {
        }
        static_cast<void>(decoder.position().text());
        bytes.remove_prefix(size);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        decode({reinterpret_cast<const char*>(data), size});
    } catch (const Error&) {
        // Refused with a reason.
    }
    return 0;
}
