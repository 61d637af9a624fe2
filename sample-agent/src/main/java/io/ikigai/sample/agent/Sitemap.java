package io.ikigai.sample.agent;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;

import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Reads sitemaps (sitemaps.org), and those that they name. A strange site wrote them: no
 * entities, and a time, a size and a number of pages that are bounded.
 */
record Sitemap(SiteRequests requests) {

	private static final int MOST_PAGES = 1000;

	private static final int MOST_BYTES = 5_000_000;

	List<URI> pages(URI sitemap) throws IOException, InterruptedException {
		List<URI> pages = new ArrayList<>();
		Element root = read(sitemap);
		if (root.getLocalName().equals("sitemapindex")) {
			for (URI inner : locations(root)) {
				pages.addAll((pages.size() < MOST_PAGES) ? locations(read(inner)) : List.of());
			}
		}
		else {
			pages.addAll(locations(root));
		}
		return pages.subList(0, Math.min(pages.size(), MOST_PAGES));
	}

	private static List<URI> locations(Element root) {
		NodeList nodes = root.getElementsByTagNameNS("*", "loc");
		List<URI> locations = new ArrayList<>();
		for (int i = 0; i < nodes.getLength() && i < MOST_PAGES; i++) {
			locations.add(URI.create(nodes.item(i).getTextContent().strip()));
		}
		return locations.stream().filter(CheckRequest::isWeb).toList();
	}

	private Element read(URI sitemap) throws IOException, InterruptedException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		HttpResponse<?> response = this.requests.get(sitemap, (answer) -> {
			bytes.reset();
			return BodySubscribers.ofByteArrayConsumer((part) -> keep(part, bytes));
		}, SiteRequests.MOST_REDIRECTS);
		if (response.statusCode() != 200) {
			throw new IOException("The sitemap's site answers with HTTP status " + response.statusCode());
		}
		try {
			DocumentBuilderFactory factory = DocumentBuilderFactory.newNSInstance();
			factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
			factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
			ByteArrayInputStream xml = new ByteArrayInputStream(bytes.toByteArray());
			return factory.newDocumentBuilder().parse(xml).getDocumentElement();
		}
		catch (SAXException | ParserConfigurationException ex) {
			throw new IOException("It is not a sitemap: " + ex.getMessage(), ex);
		}
	}

	private static void keep(Optional<byte[]> part, ByteArrayOutputStream bytes) {
		part.ifPresent(bytes::writeBytes);
		if (bytes.size() > MOST_BYTES) {
			throw new IllegalStateException("A sitemap is larger than " + MOST_BYTES + " bytes");
		}
	}

}
