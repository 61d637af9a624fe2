package io.ikigai.benchmarks;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class ReportTests {

	private static final Workload DRAIN = Workload.tasksPerSecond("drain");

	@TempDir
	Path directory;

	private final Results results = new Results();

	@Test
	void writesMediansRatiosAndGoalsAsMarkdown() {
		measure();
		assertThat(report().markdown()).contains("| drain | ikigai | 60,000 | 50,000 | 70,000 | tasks/s |  |")
			.contains("| drain | peer | 40,000 | 40,000 | 40,000 | tasks/s | 1.50 |")
			.contains("| drain | other | not run: why | | | | |")
			.contains("| drain | ≥ 2.00 × peer | 1.50 | not met |")
			.contains("- command: benchmarks/run --rounds=3");
	}

	@Test
	void writesTheSameAsJson() throws Exception {
		measure();
		report().write();
		JsonNode json = JsonMapper.builder()
			.build()
			.readTree(Files.readString(this.directory.resolve("results/results.json")));
		assertThat(json.get("results").get(0).get("values")).hasSize(3);
		assertThat(json.get("results").get(1).get("ratio").asDouble()).isEqualTo(1.5);
		assertThat(json.get("results").get(2).get("note").asString()).isEqualTo("not run: why");
		assertThat(json.get("goals").get(0).get("verdict").asString()).isEqualTo("not met");
		assertThat(this.directory.resolve("results/results.md")).exists();
	}

	@Test
	void drawsMediansToTheScaleOfTheLargest() throws Exception {
		measure();
		report().write();
		String svg = Files.readString(this.directory.resolve("results/results.svg"));
		DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
		assertThat(svg).contains("drain (tasks/s)")
			.contains("width=\"300\" height=\"13\" fill=\"#c2410c\"")
			.contains("width=\"200\" height=\"13\" fill=\"#94a3b8\"")
			.doesNotContain("other");
	}

	@Test
	void writesThreeDigitsThatCount() {
		assertThat(Report.number(123_456.7)).isEqualTo("123,457");
		assertThat(Report.number(12.34)).isEqualTo("12.3");
		assertThat(Report.number(0.456)).isEqualTo("0.46");
		assertThat(Report.number(0.00456)).isEqualTo("0.0046");
	}

	private void measure() {
		List.of(50_000.0, 70_000.0, 60_000.0).forEach((value) -> this.results.add(DRAIN, "ikigai", value));
		this.results.add(DRAIN, "peer", 40_000);
		this.results.note(DRAIN, "other", "not run: why");
	}

	private Report report() {
		BenchmarkArguments arguments = BenchmarkArguments.parse(new String[] { "--rounds=3" }, List.of());
		return new Report(new BenchmarkArguments(3, 1000, List.of(), this.directory, List.of(), arguments.command()),
				this.results, List.of(Goal.timesAs(2, "drain", "peer")));
	}

}
