// hnswlib and FAISS behind seven C functions, for the comparison alone. Built by PeerLibrary with -O3 -march=native.
// Every query is searched by one thread, one at a time, as an embedded engine is asked.
#include <cstdint>
#include <fstream>
#include <malloc.h>
#include <memory>
#include <string>

#include <faiss/IndexHNSW.h>
#include <faiss/IndexScalarQuantizer.h>
#include <faiss/index_io.h>
#include <hnswlib/hnswlib.h>
#include <omp.h>

namespace {

struct Peer {
    virtual ~Peer() = default;
    virtual void set_ef(int ef) = 0;
    virtual void search(const float* query, int k, int64_t* ids) = 0;
    int64_t bytes = 0;
};

struct Hnswlib : Peer {
    std::unique_ptr<hnswlib::SpaceInterface<float>> space;
    std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph;

    Hnswlib(const float* vectors, int64_t count, int dimension, bool l2, int m, int ef_construction, const std::string& kept) {
        if (l2) space = std::make_unique<hnswlib::L2Space>(dimension);
        else space = std::make_unique<hnswlib::InnerProductSpace>(dimension);
        if (std::ifstream(kept).good()) {
            graph = std::make_unique<hnswlib::HierarchicalNSW<float>>(space.get(), kept);
            return;
        }
        graph = std::make_unique<hnswlib::HierarchicalNSW<float>>(space.get(), count, m, ef_construction, 100);
        for (int64_t i = 0; i < count; i++) graph->addPoint(vectors + i * dimension, i);
        if (!kept.empty()) graph->saveIndex(kept);
    }
    void set_ef(int ef) override { graph->setEf(ef); }
    void search(const float* query, int k, int64_t* ids) override {
        auto found = graph->searchKnn(query, k);
        for (int i = k - 1; i >= 0; i--) {
            ids[i] = i < static_cast<int>(found.size()) ? static_cast<int64_t>(found.top().second) : -1;
            if (i < static_cast<int>(found.size())) found.pop();
        }
    }
};

struct Faiss : Peer {
    std::unique_ptr<faiss::IndexHNSW> graph;

    Faiss(const float* vectors, int64_t count, int dimension, bool l2, int m, int ef_construction, bool sq8, const std::string& kept) {
        if (std::ifstream(kept).good()) {
            graph.reset(dynamic_cast<faiss::IndexHNSW*>(faiss::read_index(kept.c_str())));
            return;
        }
        auto metric = l2 ? faiss::METRIC_L2 : faiss::METRIC_INNER_PRODUCT;
        if (sq8) graph = std::make_unique<faiss::IndexHNSWSQ>(dimension, faiss::ScalarQuantizer::QT_8bit, m, metric);
        else graph = std::make_unique<faiss::IndexHNSWFlat>(dimension, m, metric);
        graph->hnsw.efConstruction = ef_construction;
        if (sq8) graph->train(count, vectors);
        graph->add(count, vectors);
        if (!kept.empty()) faiss::write_index(graph.get(), kept.c_str());
    }
    void set_ef(int ef) override { graph->hnsw.efSearch = ef; }
    void search(const float* query, int k, int64_t* ids) override {
        float distances[1024];
        graph->search(1, query, k, distances, ids);
    }
};

}  // namespace

extern "C" {

// kind: 0 hnswlib, 1 FAISS HNSW flat, 2 FAISS HNSW SQ8. kept: a file that keeps the graph for later runs, or empty.
void* peer_build(int kind, const float* vectors, int64_t count, int dimension, int l2, int m, int ef_construction, const char* kept) {
    omp_set_num_threads(1);
    auto before = mallinfo2();
    Peer* peer = kind == 0
        ? static_cast<Peer*>(new Hnswlib(vectors, count, dimension, l2 != 0, m, ef_construction, kept))
        : new Faiss(vectors, count, dimension, l2 != 0, m, ef_construction, kind == 2, kept);
    auto after = mallinfo2();
    peer->bytes = static_cast<int64_t>(after.uordblks + after.hblkhd) - static_cast<int64_t>(before.uordblks + before.hblkhd);
    return peer;
}

void peer_search(void* peer, const float* queries, int64_t count, int dimension, int ef, int k, int64_t* ids) {
    auto p = static_cast<Peer*>(peer);
    p->set_ef(ef);
    for (int64_t i = 0; i < count; i++) p->search(queries + i * dimension, k, ids + i * k);
}

int64_t peer_bytes(void* peer) { return static_cast<Peer*>(peer)->bytes; }

void peer_free(void* peer) { delete static_cast<Peer*>(peer); }

}
