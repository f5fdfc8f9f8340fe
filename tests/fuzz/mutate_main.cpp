// Runs the fuzz target where the compiler has no libFuzzer: hand-made logs, changed at random with a fixed seed.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/log_builder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using transload::test::LogBuilder;
using transload::test::little;

std::vector<std::string> seeds() {
    LogBuilder plain, packed, inner, clear, partial;
    plain.rotate("binlog.000001", 4).format().gtid(5).query("BEGIN").map_of_all_types().insert_of_all_types();
    plain.update_of_all_types().xid();
    inner.query("BEGIN").map_of_all_types().insert_of_all_types().update_of_all_types().xid();
    packed.format().gtid(6).payload(inner);
    clear.format().gtid(7).query("ALTER TABLE `t` ADD c INT /*!80000 , RENAME TO x */").query("XA START X'61',X'',1");
    clear.query("SAVEPOINT `a`").map_of_all_types().insert_of_all_types().query("ROLLBACK TO a").query("COMMIT");
    clear.event(162, little(9, 8) + little(0, 4) + std::string(1, '\x02') + little(1, 8)).query("TRUNCATE d.t");
    clear.event(38, std::string(1, '\1')).event(27, "binlog.000001").event(35, std::string(8, '\0'));
    partial.format().gtid(8).query("BEGIN").map_of_all_types();
    std::string update = plain.events()[6].substr(19);
    partial.event(39, update).event(23, update).event(166, update).event(42, std::string("\0\x40\x02\0\1", 5)).xid();
    return {plain.bytes(), packed.bytes(), clear.bytes(), partial.bytes(), inner.bytes()};
}

class Mutator {
  public:
    std::string operator()(std::string text, const std::vector<std::string>& corpus) {
        const std::size_t changes = 1 + numbers_() % 6;
        for (std::size_t i = 0; i < changes && !text.empty(); ++i) change(text, corpus);
        if (numbers_() % 4 != 0) mend_sizes(text);
        return text;
    }
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : numbers_() % bound; }

  private:
    void change(std::string& text, const std::vector<std::string>& corpus) {
        const std::size_t at = below(text.size());
        constexpr unsigned char interesting[] = {0, 1, 0x7f, 0x80, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};
        switch (numbers_() % 7) {
            case 0: text[at] = static_cast<char>(numbers_()); break;
            case 1: text[at] = static_cast<char>(text[at] ^ (1 << below(8))); break;
            case 2: text[at] = static_cast<char>(interesting[below(sizeof interesting)]); break;
            case 3: text.erase(at, 1 + below(16)); break;
            case 4: text.insert(at, 1 + below(16), static_cast<char>(numbers_())); break;
            case 5: {
                const std::string& other = corpus[below(corpus.size())];
                text.insert(at, other.substr(below(other.size()), below(200)));
                break;
            }
            default:
                for (std::size_t i = 0; i < 4 && at + i < text.size(); ++i) text[at + i] = static_cast<char>(numbers_());
        }
    }

    /// Most inputs shall get beyond the first event's size.
    static void mend_sizes(std::string& text) {
        std::size_t at = 0;
        while (text.size() - at >= 19) {
            std::uint32_t size = 0;
            std::memcpy(&size, text.data() + at + 9, sizeof size);
            if (size < 19 || size > text.size() - at) {
                size = static_cast<std::uint32_t>(text.size() - at);
                std::memcpy(text.data() + at + 9, &size, sizeof size);
            }
            at += size;
        }
    }

    std::mt19937_64 numbers_{20240229};
};

}  // namespace

int main(int argc, char** argv) {
    const int seconds = argc > 1 ? std::atoi(argv[1]) : 5;
    std::vector<std::string> corpus = seeds();
    Mutator mutate;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    std::size_t runs = 0;
    for (; std::chrono::steady_clock::now() < end; ++runs) {
        const std::string input =
            runs < corpus.size() ? corpus[runs] : mutate(corpus[mutate.below(corpus.size())], corpus);
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
    }
    std::printf("%zu logs\n", runs);
    return runs > corpus.size() ? 0 : 1;
}
