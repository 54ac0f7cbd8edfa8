import CoreMetrics
import LambdaRuntime
import Testing

@Suite struct MetricsTests {
    @Test func `counters, gauges and timers are told as Prometheus reads them`() {
        let registry = MetricsRegistry()
        let counter = registry.makeCounter(
            label: "sign_ins", dimensions: [("verdict", "accepted"), ("cache", "a\"\\\n")])
        counter.increment(by: 2)
        // The same series, whoever asks for it.
        registry.makeCounter(label: "sign_ins", dimensions: [("verdict", "accepted"), ("cache", "a\"\\\n")])
            .increment(by: 1)
        registry.makeCounter(label: "sign_ins", dimensions: [("verdict", "disabled"), ("cache", "")]).increment(by: 1)
        let gauge = registry.makeRecorder(label: "breaker", dimensions: [], aggregate: false)
        gauge.record(2 as Int64)
        gauge.record(1 as Int64)
        let timer = registry.makeTimer(label: "seconds", dimensions: [])
        timer.recordNanoseconds(1_500_000_000)
        timer.recordNanoseconds(250_000_000)
        #expect(
            registry.text == """
                # TYPE breaker gauge
                breaker 1
                # TYPE seconds summary
                seconds_sum 1.75
                seconds_count 2
                # TYPE sign_ins counter
                sign_ins{verdict="accepted",cache="a\\"\\\\\\n"} 3
                sign_ins{verdict="disabled",cache=""} 1

                """)
    }
}
