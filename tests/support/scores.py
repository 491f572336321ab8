"""Tiny scores that are right in every format, and an archive to put one into."""

from __future__ import annotations

import io
import zipfile

MUSICXML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"
  "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0">
  <part-list>
    <score-part id="P1"><part-name>Klavier é</part-name></score-part>
  </part-list>
  <part id="P1">
    <measure number="1">
      <attributes>
        <divisions>2</divisions>
        <key><fifths>-1</fifths></key>
        <time><beats>3+2</beats><beat-type>8</beat-type></time>
        <staves>2</staves>
        <clef number="1"><sign>G</sign><line>2</line></clef>
        <clef number="2"><sign>F</sign><line>4</line></clef>
      </attributes>
      <note>
        <pitch><step>C</step><alter>1</alter><octave>5</octave></pitch>
        <duration>3</duration><voice>1</voice><type>quarter</type><dot/><staff>1</staff>
      </note>
      <note>
        <pitch><step>D</step><octave>5</octave></pitch>
        <duration>2</duration><voice>1</voice><type>quarter</type><staff>1</staff>
        <notations><ornaments><tremolo type="single">2</tremolo></ornaments></notations>
      </note>
      <backup><duration>5</duration></backup>
      <note><rest measure="yes"/><duration>5</duration><voice>2</voice><staff>2</staff></note>
    </measure>
  </part>
</score-partwise>
"""

MEI = """<?xml version="1.0" encoding="UTF-8"?>
<mei xmlns="http://www.music-encoding.org/ns/mei" meiversion="5.0">
  <meiHead>
    <fileDesc><titleStmt><title>Étude</title></titleStmt><pubStmt/></fileDesc>
    <manifestationList><manifestation>
      <physDesc><dimensions unit="cm">0</dimensions></physDesc>
    </manifestation></manifestationList>
  </meiHead>
  <music><body><mdiv><score>
    <scoreDef meter.count="2" meter.unit="4">
      <staffGrp><staffDef n="1" lines="5" clef.shape="G" clef.line="2"/></staffGrp>
    </scoreDef>
    <section><measure xml:id="m1" n="1"><staff n="1"><layer n="1">
      <tuplet num="3" numbase="2">
        <note xml:id="n1" dur="8" oct="4" pname="c"/>
        <note xml:id="n2" dur="8" oct="4" pname="d"/>
        <note xml:id="n3" dur="8" oct="4" pname="e"/>
      </tuplet>
      <rest xml:id="r1" dur="4"/>
    </layer></staff><slur staff="1" startid="#n1" endid="#n3"/></measure></section>
  </score></mdiv></body></music>
</mei>
"""

KERN = """!!!COM: Nobody, Ünknown
**kern\t**dynam\t**kern
*clefF4\t*\t*clefG2
*k[b-]\t*\t*k[b-]
*M2/4\t*\t*M2/4
=1\t=1\t=1
4C\tp\t4.c
4D\t.\t.
.\t.\t8dd
=2\t=2\t=2
*\t*\t*^
2r\t.\t4e\t4c
.\t.\t4f\t4B-
=3\t=3\t=3\t=3
2C; 2E\tf\t3e\t2c
.\t.\t6%1f\t.
*\t*\t*v\t*v
==\t==\t==
*-\t*-\t*-
!!!END: finis
"""

CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container><rootfiles><rootfile full-path="score.xml"/></rootfiles></container>
"""


def mxl(members: dict[str, str | bytes] | None = None) -> bytes:
    """An .mxl archive of these files; by default of `MUSICXML` with its container."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            members or {"META-INF/container.xml": CONTAINER, "score.xml": MUSICXML}
        ).items():
            archive.writestr(name, content)
    return stream.getvalue()
