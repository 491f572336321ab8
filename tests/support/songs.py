"""The beginnings of two songs, for piano in MusicXML and for a voice in kern."""

JOY = """<score-partwise version="4.0"><work><work-title>An die Freude</work-title></work>
<part-list><score-part id="P1"><part-name>Piano</part-name></score-part></part-list><part id="P1">
<measure number="0" implicit="yes"><attributes><divisions>4</divisions><key><fifths>2</fifths></key>
<time symbol="common"><beats>4</beats><beat-type>4</beat-type></time><staves>2</staves>
<clef number="1"><sign>G</sign><line>2</line></clef>
<clef number="2"><sign>F</sign><line>4</line></clef></attributes>
<direction placement="below"><direction-type><dynamics><mf/></dynamics></direction-type>
<staff>1</staff></direction>
<note><pitch><step>F</step><alter>1</alter><octave>4</octave></pitch><duration>4</duration><voice>1</voice>
<type>quarter</type><staff>1</staff><notations><technical><fingering>3</fingering></technical></notations></note>
<backup><duration>4</duration></backup>
<note><rest/><duration>4</duration><voice>5</voice><type>quarter</type><staff>2</staff></note></measure>
<measure number="1"><note><grace slash="yes"/><pitch><step>E</step><octave>4</octave></pitch><voice>1</voice>
<type>eighth</type><staff>1</staff></note>
<note><pitch><step>F</step><alter>1</alter><octave>4</octave></pitch><duration>6</duration><voice>1</voice>
<type>quarter</type><dot/><staff>1</staff><notations><slur type="start" number="1"/></notations></note>
<note><pitch><step>G</step><octave>4</octave></pitch><duration>2</duration><voice>1</voice><type>eighth</type>
<staff>1</staff></note>
<note><pitch><step>A</step><octave>4</octave></pitch><duration>8</duration><voice>1</voice><type>half</type>
<staff>1</staff><notations><slur type="stop" number="1"/>
<articulations><staccato/></articulations></notations></note>
<backup><duration>16</duration></backup>
<note><pitch><step>D</step><octave>3</octave></pitch><duration>8</duration><voice>5</voice><type>half</type>
<staff>2</staff></note>
<note><pitch><step>D</step><octave>4</octave></pitch><duration>4</duration><voice>5</voice><type>quarter</type>
<staff>1</staff></note>
<note><pitch><step>D</step><octave>3</octave></pitch><duration>4</duration><voice>5</voice><type>quarter</type>
<staff>2</staff></note>
<note><chord/><pitch><step>A</step><octave>3</octave></pitch><duration>4</duration><voice>5</voice>
<type>quarter</type><staff>2</staff></note>
<barline location="right"><bar-style>light-heavy</bar-style><repeat direction="backward"/></barline></measure>
</part></score-partwise>"""

WAKE = """**kern\t**text\t**dynam
*clefG2\t*\t*
*k[f#]\t*\t*
*M3/4\t*\t*
=1-\t=1-\t=1-
4g\tWach-\tp
4a\t-et\t<
4b\tauf\t[
=2\t=2\t=2
(12cc\truft\t.
12b\t.\t.
12a)\t.\t.
2d;\tuns_\tf
=3\t=3\t=3
[2.d\t.\t.
=4\t=4\t=4
4d]\t.\t.
2r\t.\t.
==\t==\t==
*-\t*-\t*-
"""
